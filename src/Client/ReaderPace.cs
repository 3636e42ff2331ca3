namespace IdGenerator.Client;

/// <summary>Whether the reader of a stream takes IDs so fast, and for so long, that one worker would hold it up.</summary>
internal sealed class ReaderPace
{
    /// <summary>
    /// IDs that a reader has to have taken fast: 65,536. Two workers are asked for as many ahead, and what they bring is lost where the reader
    /// pauses; one that takes a few thousand, saves them and takes more would lose many times what it reads.
    /// </summary>
    public const int Evidence = 16 * Layout.SlotsPerMillisecond;

    /// <summary>IDs a millisecond: half of what one worker gives.</summary>
    private const int Fast = Layout.SlotsPerMillisecond / 2;

    /// <summary>For how long a reader is looked at before it counts as slow: its thread may have paused.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromMilliseconds(20);

    private long _read;
    private TimeSpan _spent;

    public bool IsFast { get; private set; }

    /// <param name="read">IDs that were read together; 0 where there were none to read, after which it has to show its pace again.</param>
    /// <param name="spent">How long the reader took for them.</param>
    public void Note(int read, TimeSpan spent)
    {
        (_read, _spent) = (_read + read, _spent + spent);
        var isAtPace = read > 0 && _read >= Fast * _spent.TotalMilliseconds;
        if (isAtPace ? !IsFast && _read < Evidence : read > 0 && _spent < Doubt) return;
        IsFast = isAtPace;
        (_read, _spent) = (0, TimeSpan.Zero);
    }
}
