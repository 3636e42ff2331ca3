using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace IdGenerator.Faults;

/// <summary>The way to the API server: a port for each place, where requests can come to grief before or after they are carried out.</summary>
internal sealed class ApiProxies : IAsyncDisposable
{
    private readonly ApiServerClient _server;
    private readonly Invariants _invariants;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, ApiTrouble> _troubles = new();

    private readonly Func<ApiTrouble?> _trouble;

    /// <param name="server">Where they lead.</param>
    /// <param name="places">Each has one of its own.</param>
    /// <param name="invariants">Are told of the leases that are written.</param>
    /// <param name="trouble">For all; null for none.</param>
    public ApiProxies(ApiServerClient server, IEnumerable<Place> places, Invariants invariants, Func<ApiTrouble?> trouble)
    {
        (_server, _invariants, _trouble) = (server, invariants, trouble);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            foreach (var place in places) kestrel.Listen(IPAddress.Parse(Network.Host), place.ProxyPort);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Task StartAsync() => _app.StartAsync();

    public ApiTrouble CutOff(Place place) => _troubles[place.ProxyPort] = new(Treatment.Cut, 1);

    public void Reconnect(Place place) => _troubles.TryRemove(place.ProxyPort, out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var trouble = _troubles.GetValueOrDefault(context.Connection.LocalPort) ?? _trouble();
        if (trouble?.Meets(request.Method) != true) trouble = null;

        if (trouble?.Treatment == Treatment.Delay) await Wait.SecondsAsync(trouble.Amount * Random.Shared.NextDouble());
        // A lost answer is as bad as a lost request, and worse for who takes it for one.
        var isCarriedOut = trouble is null or { Treatment: Treatment.Delay } || Random.Shared.Next(2) == 0;
        (int Status, byte[] Body)? answer = isCarriedOut ? await ForwardAsync(request, body.ToArray()) : null;
        if (context.RequestAborted.IsCancellationRequested) return;
        switch (trouble?.Treatment)
        {
            case Treatment.Error:
                await WriteAsync(context, Random.Shared.Next(2) == 0 ? 500 : 503, Status("made up by the fault run", 500));
                break;
            case Treatment.Conflict:
                await WriteAsync(context, 409, Status("made up by the fault run", 409));
                break;
            case Treatment.Cut:
                if (Random.Shared.Next(2) == 0) await SilenceAsync(context);
                context.Abort();
                break;
            default:
                if (answer is { } real) await WriteAsync(context, real.Status, real.Body);
                else context.Abort();
                break;
        }
    }

    /// <returns>Null where the API server is down.</returns>
    private async Task<(int, byte[])?> ForwardAsync(HttpRequest request, byte[] body)
    {
        try
        {
            var lease = request.Method is "PUT" or "POST" && request.Path.Value!.Contains("/leases", StringComparison.Ordinal)
                ? LeaseWrite.OfLease(JsonNode.Parse(body))
                : null;
            var issued = lease is null ? 0 : _invariants.IssuedBy(lease.Worker);
            var answer = await _server.SendAsync(
                request.Method, request.Path + request.QueryString.Value, request.Headers.Authorization, body, request.ContentType);
            if (lease is not null && answer.Status is 200 or 201) _invariants.OnWritten(lease!, issued, isBeforeUse: true);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Until the client has had enough.</summary>
    private static async Task SilenceAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // It has.
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private static byte[] Status(string message, int code) => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","code":{{code}}}""");
}
