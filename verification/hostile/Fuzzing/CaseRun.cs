using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>One case against one server.</summary>
internal sealed class CaseRun(Case script, Ledger ledger)
{
    // A client that has ended its side may be taken for one that has gone. And where a server closes the connection for what
    // came last, with more to come, TCP may lose the end of what it had answered before.
    private readonly bool _mayBeCut = script.EndsSending
        || (script.Delivery != Delivery.Steps && script.Requests[^1] is { Standing: not Standing.Sound } or { Persistence: Persistence.Either });

    private readonly List<Answer?> _answers = [];
    private Task _sending = Task.CompletedTask;

    /// <summary>An answer for each request that got one; null where the connection was closed instead.</summary>
    public IReadOnlyList<Answer?> Answers => _answers;

    /// <summary>What was wrong; null where nothing was.</summary>
    public string? Failure { get; private set; }

    public async Task RunAsync(IPEndPoint server)
    {
        using var connection = await Connection.OpenAsync(server);
        if (script.Delivery != Delivery.Steps) _sending = SendAllAsync(connection);
        foreach (var request in script.Requests)
        {
            if (script.Delivery == Delivery.Steps) await SendAsync(connection, request.Bytes);
            if (script.Delivery == Delivery.Steps && script.EndsSending && request == script.Requests[^1]) connection.EndSending();
            if (await ExchangeAsync(connection, request) is { } failure) Failure = $"request   {request}\n{failure}";
            if (Failure is not null || _answers[^1] is null) break;
        }

        connection.Dispose();
        await _sending;
    }

    /// <returns>What was wrong with the answer, or with what came after it.</returns>
    private async Task<string?> ExchangeAsync(Connection connection, Request request)
    {
        var expected = request.Standing == Standing.Defective ? null : Oracle.Expect(request);
        Answer? answer = null;
        string? complaint;
        try
        {
            answer = await connection.ReadAsync(request.IsHead, request.Version == "HTTP/1.0");
            complaint = Judge(request, expected, answer) ?? await AfterAsync(connection, request, answer);
        }
        catch (BrokenAnswerException e)
        {
            complaint = e.IsCut && _mayBeCut ? null : e.Message;
        }

        _answers.Add(answer);
        if (complaint is null) return null;
        var wish = expected is null || request.Standing != Standing.Sound ? $"a {request.Standing} request's" : string.Join(" or ", expected);
        return $"expected  {wish}\nanswer    {answer?.ToString() ?? "none"}\nwrong     {complaint}";
    }

    private string? Judge(Request request, IReadOnlyList<Expectation>? expected, Answer? answer)
    {
        if (answer is null) return request.Standing == Standing.Sound && !_mayBeCut ? "closed without an answer" : null;
        if (answer.Status is 500 or 502 or 503 or 504 or < 200) return $"status {answer.Status}";
        if (request.Standing == Standing.Defective) return answer.Status is (>= 400 and < 500) or 501 or 505 ? null : "it was not refused";
        if (expected is null || request.Standing == Standing.Doubtful) return null;

        var complaints = expected.Select(expectation => expectation.Mismatch(answer, request.IsHead, ledger)).ToList();
        return complaints.Contains(null) ? null : string.Join(", or ", complaints);
    }

    private async Task<string?> AfterAsync(Connection connection, Request request, Answer? answer)
    {
        var isLast = request == script.Requests[^1];
        if (!isLast) return answer is { Closes: true } ? "it closes the connection" : null;
        var closes = answer is null or { Closes: true } || script.EndsSending || request.Persistence == Persistence.Closes
            || request.Standing == Standing.Defective;
        if (closes) return await connection.ClosesAsync() ? null : "the connection went on";
        if (request.Persistence == Persistence.Keeps && request.Standing == Standing.Sound) return connection.HasMore ? "more came than was asked for" : null;
        return await ResumeAsync(connection);
    }

    /// <summary>The server may have closed the connection; if it has not, it must know where the next request begins.</summary>
    private async Task<string?> ResumeAsync(Connection connection)
    {
        await _sending;
        await SendAsync(connection, Case.Sync.Bytes);
        if (await connection.ReadAsync(isHead: false) is not { } answer) return null;
        // The connection may end with an error that tells of the body before it.
        if (answer is { Status: >= 400 and < 500, Closes: true }) return null;
        var complaint = Oracle.Expect(Case.Sync)![0].Mismatch(answer, isHead: false, ledger);
        return complaint is null ? null : $"the request after it: {complaint}: {answer}";
    }

    private async Task SendAllAsync(Connection connection)
    {
        var dice = new Dice(script.Number, 1);
        ReadOnlyMemory<byte> bytes = script.Requests.SelectMany(request => request.Bytes).ToArray();
        while (!bytes.IsEmpty)
        {
            var length = script.Delivery switch
            {
                Delivery.Whole => bytes.Length,
                Delivery.Bytes => 1,
                _ => Math.Min(bytes.Length, dice.Number(1, dice.Pick(10, 300, 3_000))),
            };
            if (!await SendAsync(connection, bytes[..length])) return;
            bytes = bytes[length..];
            if (dice.Chance(2)) await Task.Delay(dice.Number(0, 2));
        }

        if (script.EndsSending) connection.EndSending();
    }

    /// <returns>False where the connection is closed: that is for the reading side to judge.</returns>
    private static async Task<bool> SendAsync(Connection connection, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await connection.SendAsync(bytes);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
