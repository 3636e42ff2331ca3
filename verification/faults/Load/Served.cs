namespace IdGenerator.Faults;

/// <summary>A request that was answered with IDs, wholly or in part.</summary>
/// <param name="Began">When the client was about to send it, as a timestamp.</param>
/// <param name="Ended">When the client had all of the answer that it got.</param>
/// <param name="First">The first ID, the lowest.</param>
/// <param name="Last">The last ID, the highest.</param>
internal readonly record struct Served(long Began, long Ended, long First, long Last);
