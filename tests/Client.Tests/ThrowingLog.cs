using Microsoft.Extensions.Logging;

namespace IdGenerator.Client.Tests;

/// <summary>A log whose provider fails.</summary>
internal sealed class ThrowingLog : ILogger<IdGeneratorClient>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new AggregateException("An error occurred while writing to logger(s).");
}
