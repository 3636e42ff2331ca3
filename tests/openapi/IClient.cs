namespace IdGenerator.OpenApi;

/// <summary>A generated client. Each method throws a <see cref="RefusedException"/> where the service answers with an error.</summary>
internal interface IClient
{
    Task<string> IdAsync();
    Task<IReadOnlyList<string>> IdsAsync(int count, string? workers = null);
    Task<Decoded> DecodeAsync(string id);
    Task<string> HealthAsync();
    Task<string> LivenessAsync();
    Task<string> ReadinessAsync();
    Task<string> MetricsAsync();
    Task<IReadOnlyList<int>> WorkersAsync();
    Task DocumentAsync();
}

internal sealed record Decoded(
    string Id, DateTimeOffset Timestamp, long TimestampMs, int WorkerId, int Sequence, DateTimeOffset Epoch, bool Warns);

/// <summary>An error, as the client understood it: the reason is null where it did not read one.</summary>
internal sealed class RefusedException(int status, string? reason) : Exception($"{status} {reason}")
{
    public int Status => status;

    public string? Reason => reason;
}
