using Microsoft.Extensions.Logging;

namespace IdGenerator.Client;

/// <summary>A service can start before the cluster does. Why it waits is in the log.</summary>
internal sealed partial class RetryEverySecond(ILogger<IdGeneratorClient> logger) : IClientConnectionRetryFilter
{
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNotFound(exception.Message);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(4, LogLevel.Warning, "The cluster that gives out IDs does not answer; it is tried again in a second. {Problem}")]
    private partial void LogNotFound(string problem);
}
