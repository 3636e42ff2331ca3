using System.Net;
using IdGenerator.Hostile.ClientPort;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Something that takes a service down which does not bound what a client may hold.</summary>
/// <param name="What">Its name.</param>
/// <param name="Run">Does it, and says how much of it there was.</param>
/// <param name="Budget">The lines of the budget that it may use up, by their first words.</param>
internal sealed record Assault(string What, Func<IPEndPoint, Task<string>> Run, params string[] Budget)
{
    private const string Active = "connections under way", Open = "connections: idle", Clients = "Orleans clients";

    /// <summary>Whether it is done on a silo's port for Orleans clients, instead of the port for HTTP.</summary>
    public bool IsOnClientPort { get; private init; }

    /// <summary>File descriptors beyond those that the process needs for itself; null for as many as there are.</summary>
    public int? SpareDescriptors { get; private init; }

    /// <summary>The one that takes the most memory.</summary>
    public const string Largest = "pipelines bulks";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    /// <summary>How long most of them last. Of the process, each of which makes one assault.</summary>
    public static TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    public static readonly Assault[] All =
    [
        new("leaves by a reset", server => Pipeliners.RunAsync(server, 60, "/ids/4096", Short, endsWithFin: false), Active, Open),
        new("leaves by a FIN", server => Pipeliners.RunAsync(server, 60, "/ids/4096", Short, endsWithFin: true), Active, Open),
        new(Largest, server => Pipeliners.RunAsync(server, 900, "/ids/4096", Duration), Active, Open),
        new("pipelines probes", server => Pipeliners.RunAsync(server, 900, "/health/live", Duration), Active, Open),
        new("pipelines /id", server => Pipeliners.RunAsync(server, 900, "/id", Duration), Active, Open),
        new("pipelines batches", server => Pipeliners.RunAsync(server, 900, "/ids/150", Duration), Active, Open),
        new("sends large headers", server => Pipeliners.RunAsync(server, 900, "/ids/4096", Duration, headerBytes: 30_000), Active, Open),
        new("scrapes", server => Scrapers.RunAsync(server, 8, Duration), Active),
        new("opens 12,000 connections", server => IdleFlood.RunAsync(server, 12_000), Open, Active),
        new("opens 1,000 connections", server => IdleFlood.RunAsync(server, 1_000), Open, Active) { SpareDescriptors = 50 },
        new("sends half a request", PlaceHolders.HalfHeadsAsync, Open, Active),
        new("never closes", PlaceHolders.LingerAsync, Open, Active),
        new("sends a body", PlaceHolders.BodiesAsync, Open, Active),
        new("sends bursts", PlaceHolders.BurstsAsync, Open, Active),
        new("is gone at once", PlaceHolders.ResetsAsync, Open, Active),
        OnClientPort("says nothing to Orleans", BareSockets.SilentAsync),
        OnClientPort("sends Orleans rubbish", BareSockets.RubbishAsync),
        OnClientPort("sends Orleans a message without end", BareSockets.HugeMessageAsync),
        OnClientPort("is one Orleans client 600 times", BareSockets.SameClientAsync),
        OnClientPort("reads no reservations of Orleans", Calls.UnreadReservationsAsync),
        OnClientPort("reads no streams of Orleans", Calls.UnreadStreamsAsync),
        OnClientPort("reserves more than there is, by Orleans", Calls.GreedyAsync),
        OnClientPort("abandons streams of Orleans", Calls.AbandonedStreamsAsync),
    ];

    private static Assault OnClientPort(string what, Func<IPEndPoint, Task<string>> run) =>
        new(what, run, Clients, Active) { IsOnClientPort = true };
}
