namespace IdGenerator.Idaudit.Auditing;

/// <summary>A value that something is wrong with.</summary>
/// <param name="Value">The ID, or the text that is none.</param>
/// <param name="Seen">Where.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record Finding(string Value, Sighting Seen, string Reason);

/// <param name="Stream">The name of the stream.</param>
/// <param name="Position">Which ID of the stream it is, from 1. For what is no ID: the ID before it, 0 if none.</param>
internal sealed record Sighting(string Stream, long Position);

/// <summary>An ID that was seen more than once.</summary>
/// <param name="Value">The ID.</param>
/// <param name="Seen">The first few places, in the order of arrival.</param>
internal sealed record RepeatedId(string Value, IReadOnlyList<Sighting> Seen);
