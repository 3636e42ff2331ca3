namespace IdGenerator.Client;

/// <summary>What came of a call to a worker.</summary>
internal enum Outcome
{
    /// <summary>The worker gave IDs.</summary>
    Ok,

    /// <summary>The worker said that it has none, and why.</summary>
    Refused,

    /// <summary>The call failed: with an exception, or with an answer that cannot be right.</summary>
    Failed,

    /// <summary>The worker did not answer within <see cref="IdGeneratorClientOptions.CallTimeout"/>.</summary>
    TimedOut,

    /// <summary>The client was disposed, which says nothing about the worker.</summary>
    Cancelled,
}

/// <inheritdoc cref="Outcome"/>
/// <param name="Worker">Who was asked.</param>
/// <param name="AskedAt">When, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
/// <param name="Outcome">Whether there are IDs.</param>
/// <param name="Slots">Theirs; empty where there are none.</param>
/// <param name="Problem">Why there are none, in a sentence.</param>
/// <param name="RetryAfter">When the worker wants to be asked again, where it said so.</param>
/// <param name="Exception">What the call threw, where it did.</param>
internal sealed record Answer(
    int Worker,
    long AskedAt,
    Outcome Outcome,
    SlotRange Slots = default,
    string Problem = "",
    TimeSpan? RetryAfter = null,
    Exception? Exception = null);
