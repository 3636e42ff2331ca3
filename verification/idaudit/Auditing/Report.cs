namespace IdGenerator.Idaudit.Auditing;

/// <summary>What an audit found. A <see cref="Tally"/> that is null was not asked for.</summary>
internal sealed record Report
{
    public required IReadOnlyList<AuditedStream> Streams { get; init; }

    /// <summary>How many IDs were read, duplicates included.</summary>
    public required long Ids { get; init; }

    /// <summary>How many worker IDs they are of.</summary>
    public required int Workers { get; init; }

    /// <summary>When the first of them was made, by its timestamp.</summary>
    public required DateTimeOffset? Earliest { get; init; }

    public required DateTimeOffset? Latest { get; init; }

    public required DuplicateReport Duplicates { get; init; }

    public required Tally? Order { get; init; }

    public required Tally? Reserved { get; init; }

    public required Tally? Clock { get; init; }

    public required Tally Invalid { get; init; }
}

/// <param name="Repeats">Times that an ID was seen again: all IDs less the different ones.</param>
/// <param name="Ids">Different IDs that were seen more than once.</param>
/// <param name="Examples">The smallest of them.</param>
internal sealed record DuplicateReport(long Repeats, long Ids, IReadOnlyList<RepeatedId> Examples);
