namespace IdGenerator.Snowflake;

/// <summary>The anchor that a renewal of the lease is to record and then adopt.</summary>
/// <param name="Anchor">It lies below the anchor in use where the wall clock was set back.</param>
/// <param name="RefusedStep">
/// By how many milliseconds the wall clock is ahead of the anchor because its step is not followed (yet); 0 where it is followed.
/// </param>
public readonly record struct ClockProposal(ClockAnchor Anchor, long RefusedStep);
