using System.Globalization;

namespace IdGenerator.Idaudit.Auditing;

/// <summary>
/// Which timestamps each worker ID had reserved. Ranges may touch and overlap (a successor may start within what its
/// predecessor had reserved); to whom they belonged is not looked at.
/// </summary>
internal sealed class ReservedRanges
{
    private readonly record struct Range(long From, long Until);

    private readonly Range[][] _ranges;

    // Neighbours in a stream are mostly of the same range.
    private readonly Range[] _last = new Range[Layout.MaxWorker + 1];

    private ReservedRanges(IEnumerable<(int Worker, Range Range)> ranges)
    {
        var byWorker = ranges.ToLookup(line => line.Worker, line => line.Range);
        _ranges = [.. Enumerable.Range(0, Layout.MaxWorker + 1).Select(worker => Merge(byWorker[worker]))];
    }

    /// <summary>
    /// Reads lines of <c>worker from until [label]</c>, in milliseconds since the layout's epoch, <c>until</c> exclusive.
    /// Blank lines and those that start with # are passed over.
    /// </summary>
    /// <exception cref="FormatException">Names the first line that is not so.</exception>
    public static ReservedRanges Parse(IEnumerable<string> lines) => new(lines
        .Select((line, index) => (Text: line.Trim(), Number: index + 1))
        .Where(line => line.Text.Length > 0 && line.Text[0] != '#')
        .Select(line => ParseLine(line.Text, line.Number)));

    public bool Covers(int worker, long timestamp)
    {
        var last = _last[worker];
        if (timestamp >= last.From && timestamp < last.Until) return true;

        var ranges = _ranges[worker];
        var low = 0;
        var high = ranges.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Until <= timestamp) low = middle + 1;
            else high = middle;
        }

        if (low == ranges.Length || ranges[low].From > timestamp) return false;
        _last[worker] = ranges[low];
        return true;
    }

    private static (int Worker, Range Range) ParseLine(string line, int number)
    {
        var fields = line.Split((char[]?)null, 4, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length >= 3
            && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var worker)
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            && worker <= Layout.MaxWorker && from <= until)
        {
            return (worker, new(from, until));
        }

        throw new FormatException($"line {number} is not \"worker from until [label]\": {line}");
    }

    private static Range[] Merge(IEnumerable<Range> ranges)
    {
        var merged = new List<Range>();
        foreach (var range in ranges.OrderBy(range => range.From))
        {
            if (merged.Count > 0 && range.From <= merged[^1].Until)
            {
                merged[^1] = new(merged[^1].From, Math.Max(merged[^1].Until, range.Until));
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}
