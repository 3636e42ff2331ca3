using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>A server on a real socket that answers each request with the next answer it was given.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RequestDelegate> _answers;
    private readonly SemaphoreSlim _asked = new(0);

    private ScriptedServer(WebApplication app, IEnumerable<RequestDelegate> answers) =>
        (_app, _answers) = (app, new(answers));

    public ConcurrentQueue<Seen> Requests { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    public static Task<ScriptedServer> StartAsync(params RequestDelegate[] answers) => StartAsync((Func<X509Certificate2>?)null, answers);

    public static Task<ScriptedServer> StartAsync(X509Certificate2 certificate, params RequestDelegate[] answers) =>
        StartAsync(() => certificate, answers);

    /// <param name="certificate">What it shows in each handshake; null for a server without TLS.</param>
    /// <param name="answers">Its answers.</param>
    public static async Task<ScriptedServer> StartAsync(Func<X509Certificate2>? certificate, params RequestDelegate[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, socket =>
            {
                if (certificate is not null) socket.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate());
            }));
        var server = new ScriptedServer(builder.Build(), answers);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Returns once another request has arrived whole.</summary>
    public async Task UntilAskedAsync()
    {
        if (!await _asked.WaitAsync(TimeSpan.FromSeconds(30))) throw new TimeoutException("Nobody has asked.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _asked.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        Requests.Enqueue(new(
            context.Request.Method,
            context.Request.Path,
            context.Request.Headers.Authorization.ToString(),
            context.Request.ContentType,
            await body.ReadToEndAsync()));
        _asked.Release();
        if (_answers.TryDequeue(out var answer)) await answer(context);
        else await Answers.Status(418)(context);
    }

    internal sealed record Seen(string Method, string Path, string Authorization, string? MediaType, string Body);
}
