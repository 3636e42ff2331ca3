using System.Text.Json;
using IdGenerator.OpenApi.Nswag;

namespace IdGenerator.OpenApi;

/// <summary>The client that NSwag makes.</summary>
internal sealed class NswagClient(HttpClient http) : IClient
{
    private readonly Nswag.Client _client = new(http);

    public Task<string> IdAsync() => UnderstandAsync(async () => (await _client.GetIdAsync()).Id);

    public Task<IReadOnlyList<string>> IdsAsync(int count, string? workers) =>
        UnderstandAsync<IReadOnlyList<string>>(async () => [.. (await _client.GetIdsAsync(count, workers)).Ids]);

    public Task<Decoded> DecodeAsync(string id) => UnderstandAsync(async () =>
    {
        var decoded = await _client.DecodeIdAsync(id);
        return new Decoded(
            decoded.Id, decoded.Timestamp, decoded.Timestamp_ms, decoded.Worker_id, decoded.Sequence,
            decoded.Epoch, decoded.Warning is not null);
    });

    public Task<string> HealthAsync() => UnderstandAsync(async () => $"{(await _client.GetHealthAsync()).Status}");

    public Task<string> LivenessAsync() => UnderstandAsync(async () => $"{(await _client.GetLivenessAsync()).Status}");

    public Task<string> ReadinessAsync() => UnderstandAsync(async () => $"{(await _client.GetReadinessAsync()).Status}");

    public Task<string> MetricsAsync() => UnderstandAsync(() => _client.GetMetricsAsync());

    public Task<IReadOnlyList<int>> WorkersAsync() =>
        UnderstandAsync<IReadOnlyList<int>>(async () => [.. (await _client.GetWorkersAsync()).Workers1]);

    public Task DocumentAsync() => UnderstandAsync(async () => (JsonElement)await _client.GetOpenApiAsync());

    private static async Task<T> UnderstandAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiException e) when (e.StatusCode != 200)
        {
            throw new RefusedException(e.StatusCode, e switch
            {
                ApiException<Error> error => error.Result.Error1,
                ApiException<Health> health => health.Result.Reason,
                _ => null,
            });
        }
    }
}
