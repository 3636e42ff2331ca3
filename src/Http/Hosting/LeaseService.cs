using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Takes the worker ID when the host starts, renews it while the host runs, and gives it back when everything that issues
/// IDs has stopped. It is registered before what uses the IDs, and hosted services stop in reverse order.
/// </summary>
internal sealed class LeaseService : IHostedService, IDisposable
{
    private static readonly TimeSpan BetweenReleases = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task> _stop;
    private readonly WorkerLease _lease;
    private readonly ProcessExit _exit;
    private readonly WorkerIdentity _identity;
    private readonly ILeaseStore _store;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private CancellationTokenRegistration _early;
    private Task _running = Task.CompletedTask;

    public LeaseService(
        WorkerLease lease, WorkerIdentity identity, ILeaseStore store, ProcessExit exit, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_lease, _identity, _store, _exit, _lifetime, _time) = (lease, identity, store, exit, lifetime, time);
        _stop = new(StopOnceAsync);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(_stopping.Token);
        // From here on a stop gives back what there is.
        _early = EarlyStop.Token.Register(_lifetime.StopApplication);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whoever asks, the host or <see cref="ProcessExit.CutStopShortAsync"/>, waits for the one stop that there is: the process must not end
    /// while the worker ID is being given back.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken) => _stop.Value;

    public void Dispose()
    {
        _early.Dispose();
        _stopping.Dispose();
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        using var timeout = new CancellationTokenSource(StopBudget.Release, _time);
        if (_identity.IsClaimed && !_lease.Held.IsCompleted) await GiveClaimBackAsync(timeout.Token);
        while (!await _lease.ReleaseAsync(timeout.Token))
            await Task.Delay(BetweenReleases, _time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task GiveClaimBackAsync(CancellationToken cancellation)
    {
        try
        {
            await WorkerClaim.GiveBackAsync(_store, _lease.Holder, _time, cancellation);
        }
        catch (Exception e) when (e is LeaseStoreException or OperationCanceledException)
        {
            // It is free again when its time is over.
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var refusal = await _lease.AcquireAsync(cancellation) ?? await _lease.HoldAsync(cancellation);
            if (refusal is not null) await _exit.RefuseAsync(refusal);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped before the worker ID was ours.
        }
        catch (Exception e)
        {
            _exit.Fail(e);
        }
    }
}
