namespace IdGenerator.Testing;

/// <summary>Keeps a silo's worker grain from answering for a while.</summary>
internal sealed class HeldCalls : IIncomingGrainCallFilter
{
    private volatile TaskCompletionSource? _until;
    private int _count;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (_until is { } until && context.InterfaceMethod.DeclaringType == typeof(Client.ISnowflakeGrain))
        {
            Interlocked.Increment(ref _count);
            await until.Task;
        }

        await context.Invoke();
    }

    public void Begin() => _until = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task UntilAsync(int count)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (Volatile.Read(ref _count) < count)
        {
            Assert.True(Environment.TickCount64 < deadline, "The grain is not called.");
            await Task.Yield();
        }
    }

    public void End()
    {
        var until = _until;
        _until = null;
        until?.SetResult();
    }
}
