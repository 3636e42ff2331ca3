using IdGenerator.Leases;
using IdGenerator.Snowflake;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdGenerator.InProcess;

/// <summary>
/// Takes the worker ID before any other service of the host starts, renews its lease while the host runs, and gives it back when all other services
/// have stopped, so that all of them have IDs for as long as they live. Where services get an <see cref="InMemoryIdGenerator"/>,
/// as in tests of theirs, it does nothing.
/// </summary>
internal sealed partial class InProcessLease : IHostedLifecycleService, IDisposable, IAsyncDisposable
{
    /// <summary>For the store to take back the worker ID: 5 seconds. After a shorter time a slow store would keep it until its reservation is over.</summary>
    private static readonly TimeSpan TimeToRelease = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<WorkerLease> _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _stop;
    private readonly Func<IWorkerPlaces> _open;
    private readonly InProcessIdGenerator _ids;
    private readonly InProcessInstruments _instruments;
    private readonly TimeSpan _waitAtStart;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<InProcessLease> _logger;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly bool _isNeeded;
    private IWorkerPlaces? _places;
    private WorkerPlace? _place;
    private Task<LeaseRefusal?>? _running;
    private Task? _watching;

    public InProcessLease(
        IOptions<InProcessIdGeneratorOptions> options,
        Func<IWorkerPlaces> open,
        InProcessIdGenerator ids,
        IIdGenerator idsOfServices,
        InProcessInstruments instruments,
        TimeProvider time,
        ILoggerFactory loggers,
        IHostApplicationLifetime? lifetime = null)
    {
        (_open, _ids, _instruments, _time, _loggers, _lifetime) = (open, ids, instruments, time, loggers, lifetime);
        // Any other one may be a wrapper around ours.
        _isNeeded = idsOfServices is not InMemoryIdGenerator;
        _waitAtStart = options.Value.WaitAtStart;
        _logger = loggers.CreateLogger<InProcessLease>();
        _stop = new(StopOnceAsync);
    }

    /// <exception cref="InvalidOperationException">The worker ID is another process's, or the store cannot be used. The message is for the operator.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!_isNeeded) return;
        // All of it in the thread pool: whoever starts the host may have a context of one thread, and keep that busy later, or a blocking store.
        _running ??= Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(HeldAsync(), _running, Task.Delay(_waitAtStart, _time, late.Token)).ConfigureAwait(false);
        await late.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (_running.IsCompleted && await _running.ConfigureAwait(false) is { } refusal) throw new InvalidOperationException(refusal.Message);
        if (!HasIds) LogNotHeldYet(_waitAtStart.TotalSeconds);
        _watching ??= WatchAsync(_running);
    }

    /// <summary>Hosts from before .NET 8 know of no other start.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _running is null ? StartingAsync(cancellationToken) : Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _stop.Value;

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A host whose start failed stops nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.Value.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>How long IDs can be made without a renewal; none before the worker ID is held.</summary>
    public TimeSpan Headroom => HasIds ? _placed.Task.Result.Headroom : TimeSpan.Zero;

    private bool HasIds => _placed.Task is { IsCompletedSuccessfully: true, Result.Held.IsCompleted: true };

    private async Task HeldAsync() => await (await _placed.Task.ConfigureAwait(false)).Held.ConfigureAwait(false);

    private async Task<LeaseRefusal?> RunAsync(CancellationToken cancellation)
    {
        try
        {
            _ids.Begin();
            var holder = Holder.Current(Environment.GetEnvironmentVariable("POD_NAME"), podUid: null);
            _places = _open();
            (_place, var refusal) = await _places.TakeAsync(holder, cancellation).ConfigureAwait(false);
            if (_place is { } place)
            {
                var lease = Lease(place, holder);
                _placed.SetResult(lease);
                refusal = await lease.AcquireAsync(cancellation).ConfigureAwait(false) ?? await lease.HoldAsync(cancellation).ConfigureAwait(false);
            }

            if (refusal is not null) _ids.End(refusal);
            return refusal;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped before the worker ID was ours.
            return null;
        }
    }

    private WorkerLease Lease(WorkerPlace place, Holder holder)
    {
        var clock = new LogicalClock(_time, new(), Boot.SuspendedMilliseconds);
        var generator = new SlotGenerator(clock);
        var lease = new WorkerLease(
            place.Worker, holder, Boot.Id, place.Store, clock, generator, new(), _time, _loggers.CreateLogger<WorkerLease>());
        var source = new WorkerIdSource(lease, generator, clock, _time);
        _ids.Use(source);
        _instruments.Watch(lease, generator, source);
        return lease;
    }

    /// <summary>
    /// Without its worker ID the service would live on without IDs, so the host stops, as it does when a background service fails: whoever watches over
    /// the process starts it again.
    /// </summary>
    private async Task WatchAsync(Task<LeaseRefusal?> running)
    {
        var isOver = true;
        try
        {
            if (await running.ConfigureAwait(false) is { } refusal) LogLost(refusal.Message);
            else isOver = false;
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
        finally
        {
            // A log that throws, which may be why it ended, changes nothing of that.
            if (isOver) _lifetime?.StopApplication();
        }
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await ((Task?)_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (_watching ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (_placed.Task.IsCompletedSuccessfully)
                await Task.Run(() => _placed.Task.Result.EndAsync(_place!.IsClaimed, TimeToRelease)).ConfigureAwait(false);
        }
        finally
        {
            if (_places is not null) await _places.DisposeAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The host starts without a worker ID, which was not there within {Seconds:0.#} s: there are no IDs until it is.")]
    private partial void LogNotHeldYet(double seconds);

    [LoggerMessage(2, LogLevel.Critical, "There are no IDs any more, so the host is stopped: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(3, LogLevel.Critical, "The lease of the worker ID is no longer looked after: this is a bug. The host is stopped.")]
    private partial void LogFailed(Exception bug);
}
