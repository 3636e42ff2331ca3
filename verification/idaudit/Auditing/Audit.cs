using System.Text;
using IdGenerator.Idaudit.Reading;

namespace IdGenerator.Idaudit.Auditing;

/// <summary>
/// Takes the IDs of one stream after the other, checks what can be checked at once, and keeps them for the search for
/// duplicates. For one thread; others may read <see cref="Count"/>, to watch the progress.
/// </summary>
internal sealed class Audit(Expectations expectations)
{
    private const int ShownSightings = 4;
    private const long None = -1;

    private readonly IdTable _table = new();
    private readonly Streams _streams = new();
    private readonly long[] _previous = new long[Layout.MaxWorker + 1];
    private readonly bool[] _workers = new bool[Layout.MaxWorker + 1];
    private readonly Tally _order = new();
    private readonly Tally _reserved = new();
    private readonly Tally _clock = new();
    private readonly Tally _invalid = new();
    private long _lowest = long.MaxValue;
    private long _highest = None;

    public long Count => _table.Count;

    public void Begin(string name)
    {
        _streams.Begin(name, Count);
        _previous.AsSpan().Fill(None);
    }

    /// <param name="format">Null where it was not recognised.</param>
    /// <param name="column">Of a table.</param>
    /// <param name="problem">Why the stream was not read to its end.</param>
    public void End(Format? format, Column? column, UnreadableException? problem) =>
        _streams.End(format, column, Count, problem);

    /// <exception cref="OutOfMemoryException">See <see cref="IdTable.Add"/>.</exception>
    public void Add(long value)
    {
        _table.Add(value);

        var id = new SnowflakeId(value);
        var worker = id.Worker;
        var previous = _previous[worker];
        _previous[worker] = value;
        _workers[worker] = true;
        _lowest = Math.Min(_lowest, value);
        _highest = Math.Max(_highest, value);

        if (value <= previous && expectations.Ordered) Disordered(value, previous);
        if (id.Timestamp < expectations.NotBefore || id.Timestamp > expectations.NotAfter) OffTheClock(id);
        if (expectations.Reserved is { } reserved && !reserved.Covers(worker, id.Timestamp)) NotReserved(id);
    }

    /// <summary>Counts an invalid value: one that stands where an ID should, and is none.</summary>
    public void Reject(ReadOnlySpan<byte> text)
    {
        if (!_invalid.Raise()) return;
        _invalid.Show(new(Shown.Of(Encoding.Latin1.GetString(text)), _streams.Now(Count), "is no ID"));
    }

    /// <summary>Looks for duplicates, and sums up. Takes a while; to be called once.</summary>
    /// <exception cref="AggregateException">
    /// Around an <see cref="OutOfMemoryException"/>: see <see cref="DuplicateSearch"/>.
    /// </exception>
    public Report Finish()
    {
        var duplicates = DuplicateSearch.Find(_table);
        return new()
        {
            Streams = _streams.Ended,
            Ids = Count,
            Workers = _workers.Count(seen => seen),
            Earliest = Count > 0 ? new SnowflakeId(_lowest).CreatedAt : null,
            Latest = Count > 0 ? new SnowflakeId(_highest).CreatedAt : null,
            Duplicates = new(duplicates.Repeats, duplicates.Ids, [.. duplicates.Examples.Select(Locate)]),
            Order = expectations.Ordered ? _order : null,
            Reserved = expectations.Reserved is null ? null : _reserved,
            Clock = expectations.ClockChecked ? _clock : null,
            Invalid = _invalid,
        };
    }

    private RepeatedId Locate(long value) =>
        new(Text(value), [.. _table.PlacesOf(value).Take(ShownSightings).Select(place => _streams.Before(place + 1))]);

    private void Disordered(long value, long previous)
    {
        if (_order.Raise()) _order.Show(new(Text(value), _streams.Now(Count), $"came after {previous}"));
    }

    private void OffTheClock(SnowflakeId id)
    {
        if (!_clock.Raise()) return;
        var side = id.Timestamp < expectations.NotBefore ? "early" : "late";
        _clock.Show(new(Text(id.Value), _streams.Now(Count), $"{Moment.Format(id.CreatedAt)} is too {side}"));
    }

    private void NotReserved(SnowflakeId id)
    {
        if (!_reserved.Raise()) return;
        _reserved.Show(new(Text(id.Value), _streams.Now(Count), $"worker {id.Worker} had not reserved {id.Timestamp}"));
    }

    private static string Text(long value) => Digits.Format(value);
}
