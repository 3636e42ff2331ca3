
namespace IdGenerator.Idaudit.Auditing;

/// <summary>What is checked besides duplicates. Timestamps in milliseconds since <see cref="Layout.Epoch"/>.</summary>
internal sealed record Expectations
{
    /// <summary>
    /// The IDs of a worker rise within a stream. A stream that several clients or connections wrote together need not.
    /// </summary>
    public bool Ordered { get; init; } = true;

    /// <summary>The first timestamp allowed.</summary>
    public long NotBefore { get; init; }

    /// <summary>The last timestamp allowed.</summary>
    public long NotAfter { get; init; } = Layout.MaxTimestamp;

    /// <summary>Null: not checked.</summary>
    public ReservedRanges? Reserved { get; init; }

    public bool ClockChecked => NotBefore > 0 || NotAfter < Layout.MaxTimestamp;
}
