using IdGenerator.OpenApi.Kiota.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace IdGenerator.OpenApi;

/// <summary>The client that Kiota makes.</summary>
internal sealed class KiotaClient : IClient, IDisposable
{
    private readonly HttpClientRequestAdapter _adapter;
    private readonly Kiota.Client _client;

    public KiotaClient(HttpClient http)
    {
        _adapter = new(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = $"{http.BaseAddress}".TrimEnd('/') };
        _client = new(_adapter);
    }

    public Task<string> IdAsync() => UnderstandAsync(async () => (await _client.Id.GetAsync())!.Id!);

    public Task<IReadOnlyList<string>> IdsAsync(int count, string? workers) =>
        UnderstandAsync<IReadOnlyList<string>>(async () => (await _client.Ids[count].GetAsync(request => request.QueryParameters.Workers = workers))!.Ids!);

    public Task<Decoded> DecodeAsync(string id) => UnderstandAsync(async () =>
    {
        var decoded = (await _client.Decode[id].GetAsync())!;
        return new Decoded(
            decoded.Id!, decoded.Timestamp!.Value, decoded.TimestampMs!.Value, decoded.WorkerId!.Value, decoded.Sequence!.Value,
            decoded.Epoch!.Value, decoded.Warning is not null);
    });

    public Task<string> HealthAsync() => UnderstandAsync(async () => $"{(await _client.Health.GetAsync())!.Status}");

    public Task<string> LivenessAsync() => UnderstandAsync(async () => $"{(await _client.Health.Live.GetAsync())!.Status}");

    public Task<string> ReadinessAsync() => UnderstandAsync(async () => $"{(await _client.Health.Ready.GetAsync())!.Status}");

    public Task<string> MetricsAsync() => UnderstandAsync(async () => (await _client.Metrics.GetAsync())!);

    public Task<IReadOnlyList<int>> WorkersAsync() => UnderstandAsync<IReadOnlyList<int>>(async () =>
        [.. (await _client.Workers.GetAsync())!.WorkersProp!.Select(worker => worker!.Value)]);

    public Task DocumentAsync() => UnderstandAsync(async () => (await _client.Openapi.V1Json.GetAsync())!);

    public void Dispose() => _adapter.Dispose();

    private static async Task<T> UnderstandAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiException e) when (e.ResponseStatusCode != 200)
        {
            throw new RefusedException(e.ResponseStatusCode, e switch
            {
                Error error => error.ErrorProp,
                Health health => health.Reason,
                _ => null,
            });
        }
    }
}
