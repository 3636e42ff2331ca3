using System.Text.Json;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>What the contract says of an answer.</summary>
internal sealed record Expectation(int Status, string ContentType)
{
    /// <summary>The message of an error; empty where any will do.</summary>
    public string? Error { get; init; }

    /// <summary>How many IDs; 0 where the body is something else.</summary>
    public int Ids { get; init; }

    /// <summary>One ID as <c>/id</c> answers it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The body, to the byte.</summary>
    public string? Body { get; init; }

    public static Expectation OfError(int status, string message) => new(status, "application/json") { Error = message };

    /// <returns>What is wrong with the answer; null where nothing is.</returns>
    public string? Mismatch(Answer answer, bool isHead, Ledger ledger)
    {
        if (answer.Status != Status) return $"status {answer.Status}";
        var contentType = answer.Header("Content-Type");
        if (contentType != ContentType && !(ContentType == "" && contentType is not null)) return $"Content-Type {contentType}";
        if ((Ids > 0) != (answer.Header("Cache-Control") == "no-store")) return $"Cache-Control {answer.Header("Cache-Control")}";
        var allowed = string.Join(' ', (answer.Header("Allow") ?? "").Split(", ").Order(StringComparer.Ordinal));
        if (allowed != (Status == 405 ? "GET HEAD" : "")) return $"Allow {answer.Header("Allow")}";
        if (Status is 429 or 503 && !int.TryParse(answer.Header("Retry-After"), out _)) return "no Retry-After";
        if (answer.Header("Server") is not null) return "a Server header";
        if (!DateTimeOffset.TryParse(answer.Header("Date"), out _)) return "no Date";
        if (isHead) return answer.Body.Length == 0 ? null : "a body";
        if (Error is not null) return ErrorMismatch(answer);
        if (Body is not null) return answer.Text == Body ? null : "the body";
        return Ids > 0 ? IdsMismatch(answer, ledger) : null;
    }

    public override string ToString() =>
        $"{Status} {ContentType} {(Error is not null ? $"error '{Error}'" : Ids > 0 ? $"{Ids} IDs" : Body ?? "")}";

    private string? ErrorMismatch(Answer answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            var properties = body.RootElement.EnumerateObject().ToList();
            if (properties is not [{ Name: "error" } error]) return "no error body";
            var message = error.Value.GetString();
            return string.IsNullOrEmpty(message) || (Error != "" && message != Error) ? $"error '{message}'" : null;
        }
        catch (JsonException)
        {
            return "a body that is no JSON";
        }
    }

    private string? IdsMismatch(Answer answer, Ledger ledger)
    {
        var body = IsSingle ? IdBody.Single() : IdBody.Of(ContentType);
        try
        {
            body.Take(answer.Body);
            body.Finish();
        }
        catch (BrokenAnswerException e)
        {
            return e.Message;
        }

        ledger.Add(body.Runs);
        return body.Count == Ids ? null : $"{body.Count} IDs";
    }
}
