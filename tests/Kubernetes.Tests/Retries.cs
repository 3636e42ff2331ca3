using System.Threading.Channels;
using IdGenerator.Testing;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>Listens to the client's log, which says when it is about to wait and try again.</summary>
internal sealed class Retries : ILogger<KubernetesClient>
{
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

    /// <summary>Returns once the client waits on <paramref name="time"/> for its next attempt.</summary>
    public async Task<string> UntilWaitingAsync(FakeTimeProvider time)
    {
        var message = await _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await time.UntilTimersAsync();
        return message;
    }

    /// <summary>Lets <paramref name="count"/> waits pass.</summary>
    public async Task PassAsync(FakeTimeProvider time, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await UntilWaitingAsync(time);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Writer.TryWrite(formatter(state, exception));
}
