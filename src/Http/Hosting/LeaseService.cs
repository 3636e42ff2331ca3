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
    private readonly TimeProvider _time;
    private Task _running = Task.CompletedTask;

    public LeaseService(WorkerLease lease, ProcessExit exit, TimeProvider time)
    {
        (_lease, _exit, _time) = (lease, exit, time);
        _stop = new(StopOnceAsync);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whoever asks, the host or <see cref="ProcessExit.CutStopShortAsync"/>, waits for the one stop that there is: the process must not end
    /// while the worker ID is being given back.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken) => _stop.Value;

    public void Dispose() => _stopping.Dispose();

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        using var timeout = new CancellationTokenSource(StopBudget.Release, _time);
        while (!await _lease.ReleaseAsync(timeout.Token))
            await Task.Delay(BetweenReleases, _time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
