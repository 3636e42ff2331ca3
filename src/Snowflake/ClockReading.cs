namespace IdGenerator.Snowflake;

/// <summary>Both clocks at one moment, in milliseconds since <see cref="Layout.Epoch"/>.</summary>
/// <param name="Logical">Logical time: what goes into IDs.</param>
/// <param name="Wall">The wall clock; negative before the epoch.</param>
public readonly record struct ClockReading(long Logical, long Wall);
