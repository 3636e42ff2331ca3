using System.Collections.Concurrent;

namespace IdGenerator.InProcess.Tests;

/// <summary>A context of one thread, as user interfaces have it: what is awaited in it goes on in it, and not while it is blocked.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    /// <summary>Runs something in a thread of its own with such a context.</summary>
    public static Task RunAsync(Action act)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SetSynchronizationContext(new OneThread());
            try
            {
                act();
                end.SetResult();
            }
            catch (Exception e)
            {
                end.SetException(e);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return end.Task;
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));
}
