using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes;

/// <summary>
/// Gets a request to the API server and its decision back. Reads, and requests that the server turned away unprocessed (401,
/// 403, 429) or that met no server that could be trusted, are sent up to <see cref="Attempts"/> times, with growing, jittered delays and never sooner than the server
/// asked for. A write that may have been carried out is sent once.
/// </summary>
internal sealed partial class ApiTransport(
    KubernetesConfig config, KubernetesOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const int Attempts = 4;

    /// <summary>
    /// A server that asks for more than this is left to the caller, who knows what can wait. A server that has too many requests asks for
    /// a second (API Priority and Fairness).
    /// </summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private readonly ApiConnections _connections = new(config, options.Timeout, time);
    private readonly BearerToken _token = new(config, time);

    /// <exception cref="KubernetesApiException">There was no decision.</exception>
    public async Task<ApiReply> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var reply = await AttemptAsync(request, cancellation);
                // A server that has just started denies everything until it has read the roles.
                if (reply.Status != HttpStatusCode.Forbidden || attempt == Attempts) return reply;
                await DelayAsync($"{request}: denied", attempt, atLeast: null, cancellation);
            }
            catch (KubernetesApiException e) when (
                attempt < Attempts && (request.IsRead || e.IsUnprocessed) && !(e.RetryAfter > LongestDelay))
            {
                await DelayAsync(e.Message, attempt, e.RetryAfter, cancellation);
            }
        }
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>0.1 to 0.2 s, 0.2 to 0.4 s, 0.4 to 0.8 s, after what the server asked for.</summary>
    private Task DelayAsync(string problem, int attempt, TimeSpan? atLeast, CancellationToken cancellation)
    {
        var backoff = TimeSpan.FromSeconds(0.1 * (1 << (attempt - 1)) * (1 + Random.Shared.NextDouble()));
        var delay = backoff + (atLeast ?? TimeSpan.Zero);
        LogTryingAgain(problem, delay.TotalSeconds);
        return Task.Delay(delay, time, cancellation);
    }

    private async Task<ApiReply> AttemptAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var message = Message(request);
            // With the whole body, under the same time-out.
            using var response = await _connections.Current().SendAsync(message, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return IsDecision(response.StatusCode)
                ? new(response.StatusCode, body)
                : throw Undecided(request, response, body);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new KubernetesApiException($"{request}: the API server did not answer within {options.TimeoutSeconds} s", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            // The handshake comes before the request: the server has seen nothing of it.
            _connections.Reject();
            throw new KubernetesApiException(
                $"{request}: no secure connection to {config.Server}: {Innermost(e).Message}", e)
            { IsUnprocessed = true };
        }
        catch (HttpRequestException e)
        {
            throw new KubernetesApiException($"{request}: no answer from {config.Server}: {Innermost(e).Message}", e);
        }
    }

    private HttpRequestMessage Message(ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(request.Path, UriKind.Relative));
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.UserAgent.Add(new("id-generator", null));
        if (_token.Current() is { } token) message.Headers.Authorization = new("Bearer", token);
        if (!request.IsRead)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = new(request.MediaType);
        }

        return message;
    }

    private static bool IsDecision(HttpStatusCode status) =>
        (int)status is >= 200 and < 300 or >= 400 and < 500
        && status is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests);

    private KubernetesApiException Undecided(ApiRequest request, HttpResponseMessage response, byte[] body)
    {
        var refused = response.StatusCode == HttpStatusCode.Unauthorized;
        if (refused) _token.Reject();
        var what = refused
            ? $"the API server does not accept the credentials ({config.TokenFile ?? "of the kubeconfig file"})"
            : $"the API server answered {(int)response.StatusCode}";
        return new($"{request}: {what}: {StatusText.Of(body)}")
        {
            IsUnauthorized = refused,
            IsUnprocessed = refused || response.StatusCode == HttpStatusCode.TooManyRequests,
            RetryAfter = RetryAfter(response.Headers.RetryAfter),
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > time.GetUtcNow() ? date - time.GetUtcNow() : null);

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    [LoggerMessage(1, LogLevel.Debug, "{Problem}. Trying again in {DelaySeconds:0.0} s.")]
    private partial void LogTryingAgain(string problem, double delaySeconds);
}
