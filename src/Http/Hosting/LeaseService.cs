using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Takes the worker ID when the host starts, renews it while the host runs, and gives it back when everything that issues
/// IDs has stopped. It is registered before what uses the IDs, and hosted services stop in reverse order.
/// </summary>
internal sealed class LeaseService(WorkerLease lease, ProcessExit exit, TimeProvider time) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running;
        using var timeout = new CancellationTokenSource(StopBudget.Release, time);
        await lease.ReleaseAsync(timeout.Token);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var refusal = await lease.AcquireAsync(cancellation) ?? await lease.HoldAsync(cancellation);
            if (refusal is not null) await exit.RefuseAsync(refusal);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped before the worker ID was ours.
        }
        catch (Exception e)
        {
            exit.Fail(e);
        }
    }
}
