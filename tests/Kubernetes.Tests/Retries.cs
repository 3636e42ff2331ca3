using System.Threading.Channels;
using IdGenerator.Testing;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>Listens to the client's log, which says when it is about to wait and try again.</summary>
internal sealed class Retries : ILogger<KubernetesClient>
{
    private readonly Channel<double> _delays = Channel.CreateUnbounded<double>();

    /// <summary>Returns once the client waits on <paramref name="time"/> for its next attempt.</summary>
    /// <returns>The seconds it says that it waits.</returns>
    public async Task<double> UntilWaitingAsync(FakeTimeProvider time)
    {
        var delay = await _delays.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await time.UntilTimersAsync();
        return delay;
    }

    /// <summary>Lets <paramref name="count"/> waits pass.</summary>
    public async Task PassAsync(FakeTimeProvider time, int count)
    {
        for (var i = 0; i < count; i++)
        {
            // No longer than that: the next attempt may fail, and wait, while the clock is still being moved.
            var delay = await UntilWaitingAsync(time);
            time.Advance(TimeSpan.FromSeconds(delay) + TimeSpan.FromMilliseconds(1));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var named = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
        _delays.Writer.TryWrite((double)named.Single(pair => pair.Key == "DelaySeconds").Value!);
    }
}
