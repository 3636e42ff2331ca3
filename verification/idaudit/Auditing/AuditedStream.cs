using IdGenerator.Idaudit.Reading;

namespace IdGenerator.Idaudit.Auditing;

/// <summary>What was read of one stream.</summary>
/// <param name="Format">How it was read; null where that was not recognised.</param>
/// <param name="Column">Where its IDs are, if it is a table.</param>
/// <param name="Ids">IDs read, up to the problem if there is one.</param>
/// <param name="Problem">Why it was not read to its end; null where it was.</param>
/// <param name="IsCut">The problem is that it ended too early.</param>
internal sealed record AuditedStream(string Name, Format? Format, Column? Column, long Ids, string? Problem, bool IsCut);
