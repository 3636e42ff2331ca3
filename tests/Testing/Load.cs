namespace IdGenerator.Testing;

/// <summary>Something that asks for IDs in the background, from its start until it is stopped.</summary>
public abstract class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    protected CancellationToken Stopping => _stop.Token;

    /// <summary>Ends the asking. What was collected can be read from then on.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>To be called once, by the constructor.</summary>
    protected void Start(Func<Task> run) => _running = Task.Run(run);
}
