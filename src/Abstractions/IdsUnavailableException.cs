namespace IdGenerator;

/// <summary>
/// There were no IDs for as long as the caller was to wait. It is the only exception of <see cref="IIdGenerator"/> besides those for
/// wrong arguments, a cancelled token and a disposed generator. The message is for people, and may change.
/// <see cref="Exception.InnerException"/> is what a call to a worker threw last, if any did.
/// </summary>
public sealed class IdsUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>When to try again at the earliest, by the workers' own words; null where none of them said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What each worker said last, in order of worker IDs; empty where no worker was found.</summary>
    public IReadOnlyList<WorkerProblem> Workers { get; init; } = [];
}
