using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Takes the worker ID when the host starts, renews it while the host runs, and gives it back when everything that issues
/// IDs has stopped. It is registered before what uses the IDs, and hosted services stop in reverse order.
/// </summary>
internal sealed class LeaseService : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task> _stop;
    private readonly WorkerLease _lease;
    private readonly ProcessExit _exit;
    private readonly WorkerIdentity _identity;
    private readonly IHostApplicationLifetime _lifetime;
    private CancellationTokenRegistration _early;
    private Task _running = Task.CompletedTask;

    public LeaseService(WorkerLease lease, WorkerIdentity identity, ProcessExit exit, IHostApplicationLifetime lifetime)
    {
        (_lease, _identity, _exit, _lifetime) = (lease, identity, exit, lifetime);
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
        await _lease.EndAsync(_identity.IsClaimed, StopBudget.Release);
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
