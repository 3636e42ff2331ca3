using System.Net;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>As many IDs as one may ask for, by 64 at once. Some are refused; the others get every one.</summary>
internal static class Bulks
{
    private const int AtOnce = 64;
    private const int Count = 4_096_000;

    private static readonly string[] Types =
    [
        "application/json", "application/octet-stream", "application/vnd.id-ranges+json", "text/plain",
        "application/vnd.id-ranges+json", "application/octet-stream", "application/vnd.id-ranges+json", "application/x-ndjson",
    ];

    private static readonly Expectation Refusal = Expectation.OfError(429, "Too many bulk requests at once");

    public static async Task<Finding> RunAsync(IPEndPoint server, Ledger ledger)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(index => Task.Run(() => GetAsync(server, Types[index % Types.Length], ledger))));
        var whole = outcomes.Count(outcome => outcome == "whole");
        var refused = outcomes.Count(outcome => outcome == "refused");
        var others = outcomes.Where(outcome => outcome is not ("whole" or "refused")).Distinct().ToList();
        return new(
            others.Count == 0 && whole > 0 && refused > 0,
            $"{whole} of {AtOnce} got {Count:N0} IDs, {refused} were told to come back{string.Concat(others.Take(3).Select(other => $"; {other}"))}");
    }

    private static async Task<string> GetAsync(IPEndPoint server, string type, Ledger ledger)
    {
        using var connection = await Connection.OpenAsync(server);
        await connection.SendAsync(Bytes.Of($"GET /ids/{Count} HTTP/1.1\r\nHost: ids\r\nAccept: {type}\r\n\r\n"));
        try
        {
            if (await connection.ReadHeadAsync() is not { } head) return "closed";
            if (head.Status == 200)
            {
                var ids = IdBody.Of(type);
                await connection.ReadBodyAsync(head, isHead: false, piece => ids.Take(piece.Span));
                ids.Finish();
                ledger.Add(ids.Runs);
                if (ids.Count != Count) return $"{ids.Count} IDs";
            }
            else
            {
                using var body = new MemoryStream();
                await connection.ReadBodyAsync(head, isHead: false, piece => body.Write(piece.Span));
                if (Refusal.Mismatch(head with { Body = body.ToArray() }, isHead: false, ledger) is { } mismatch) return mismatch;
            }

            await connection.SendAsync(Case.Sync.Bytes);
            return await connection.ReadAsync(isHead: false) is { Status: 200 } ? head.Status == 200 ? "whole" : "refused" : "the next request was not answered";
        }
        catch (BrokenAnswerException e)
        {
            return e.Message;
        }
    }
}
