using IdGenerator.Idaudit.Reading;

namespace IdGenerator.Idaudit.Auditing;

/// <summary>Which part of all IDs, in the order of arrival, came from which stream.</summary>
internal sealed class Streams
{
    private readonly List<(string Name, long Start)> _begun = [];
    private readonly List<AuditedStream> _ended = [];

    public IReadOnlyList<AuditedStream> Ended => _ended;

    /// <param name="place">How many IDs came before.</param>
    public void Begin(string name, long place) => _begun.Add((name, place));

    public void End(Format? format, Column? column, long place, UnreadableException? problem)
    {
        var (name, start) = _begun[^1];
        _ended.Add(new(name, format, column, place - start, problem?.Message, problem is { IsCut: true }));
    }

    /// <summary>The ID before <paramref name="end"/>: as seen from the stream that it is of.</summary>
    public Sighting Before(long end)
    {
        var (name, start) = _begun.FindLast(stream => stream.Start < end);
        return new(name, end - start);
    }

    /// <summary>As <see cref="Before"/>, but in the stream that is being read, which may have had no ID yet.</summary>
    public Sighting Now(long end) => new(_begun[^1].Name, end - _begun[^1].Start);
}
