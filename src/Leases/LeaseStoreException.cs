namespace IdGenerator.Leases;

/// <summary>The store did not answer, or not with an answer: whether a write has happened is unknown.</summary>
public sealed class LeaseStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Trying again will not help: somebody has to change permissions or configuration, or mend a record.</summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// The store answers, and does not let this process in: it does not accept its credentials, or does not allow it what it asked
    /// for. Trying again helps where the store has just started, or where credentials are being replaced.
    /// </summary>
    public bool IsDenied { get; init; }

    /// <summary>How long the store asked to be left alone, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
