namespace IdGenerator.Leases;

/// <summary>The store did not answer, or not with an answer: whether a write has happened is unknown.</summary>
public sealed class LeaseStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Trying again will not help: somebody has to change permissions or configuration, or mend a record.</summary>
    public bool IsFinal { get; init; }

    /// <summary>How long the store asked to be left alone, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
