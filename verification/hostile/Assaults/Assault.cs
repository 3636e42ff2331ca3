using System.Net;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Something that takes a service down which does not bound what a client may hold.</summary>
/// <param name="What">Its name.</param>
/// <param name="Run">Does it, and says how much of it there was.</param>
internal sealed record Assault(string What, Func<IPEndPoint, Task<string>> Run)
{
    public static readonly Assault[] All =
    [
        new("leaves by a reset", server => Pipeliners.RunAsync(server, 60, "/ids/4096", TimeSpan.FromSeconds(3), endsWithFin: false)),
        new("leaves by a FIN", server => Pipeliners.RunAsync(server, 60, "/ids/4096", TimeSpan.FromSeconds(3), endsWithFin: true)),
        new("pipelines bulks", server => Pipeliners.RunAsync(server, 1_000, "/ids/4096", TimeSpan.FromSeconds(10))),
        new("pipelines probes", server => Pipeliners.RunAsync(server, 1_000, "/health/live", TimeSpan.FromSeconds(10))),
        new("pipelines /id", server => Pipeliners.RunAsync(server, 1_000, "/id", TimeSpan.FromSeconds(10))),
        new("sends large headers", server => Pipeliners.RunAsync(server, 1_000, "/ids/4096", TimeSpan.FromSeconds(10), headerBytes: 30_000)),
        new("opens 12,000 connections", IdleFlood.RunAsync),
    ];
}
