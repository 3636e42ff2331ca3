using IdGenerator.Grains;
using IdGenerator.Leases;

namespace IdGenerator.Silo;

/// <summary>
/// Says so where a silo that holds its worker ID takes long to join its cluster. That usually takes a second or two; where another silo does
/// not answer, Orleans waits until that one is declared dead, a minute or more.
/// </summary>
internal sealed partial class SlowJoin(
    WorkerLease lease, GrainIdSource source, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SlowJoin> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    /// <summary>Behind <see cref="LeaseBeforeSilo"/>.</summary>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SlowJoin), ServiceLifecycleStage.First + 1, BeginAsync);

    private Task BeginAsync(CancellationToken cancellation)
    {
        _ = WatchAsync(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        await Task.Delay(Long, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!source.HasJoined && !stopping.IsCancellationRequested) LogNotJoined(lease.Worker, (int)Long.TotalSeconds);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Worker ID {Worker} is held, but its silo has not joined its cluster within {Seconds} s: clients of Orleans do not reach it. " +
        "Usually another silo does not answer. Nothing is to be done where that one was paused or lost: it is declared dead when its worker ID " +
        "has another holder. Otherwise look whether pods reach each other on the silo port, and whether a line above says that the membership cannot be read.")]
    private partial void LogNotJoined(int worker, int seconds);
}
