using System.Diagnostics;

namespace IdGenerator.ClientFaults;

/// <summary>How long calls took, to within 1%. Not thread-safe.</summary>
internal sealed class Latencies
{
    private const double Growth = 1.01;

    private readonly long[] _counts = new long[2_500];

    public long Count { get; private set; }

    public double Longest { get; private set; }

    /// <summary>When the longest call ended, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long LongestAt { get; private set; }

    /// <summary>Milliseconds that callers spent in calls of more than 100 ms.</summary>
    public double Stalled { get; private set; }

    public void Add(long start, long end)
    {
        var milliseconds = (end - start) * 1_000d / Stopwatch.Frequency;
        if (milliseconds > Longest) (Longest, LongestAt) = (milliseconds, end);
        if (milliseconds > 100) Stalled += milliseconds;
        _counts[milliseconds <= 0.000_1 ? 0 : Math.Clamp((int)(Math.Log(milliseconds / 0.000_1) / Math.Log(Growth)), 0, _counts.Length - 1)]++;
        Count++;
    }

    public void Add(Latencies others)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += others._counts[i];
        (Count, Stalled) = (Count + others.Count, Stalled + others.Stalled);
        if (others.Longest > Longest) (Longest, LongestAt) = (others.Longest, others.LongestAt);
    }

    public double Quantile(double part)
    {
        var left = (long)(Count * (1 - part));
        for (var i = _counts.Length - 1; i >= 0; i--)
        {
            left -= _counts[i];
            if (left < 0) return 0.000_1 * Math.Pow(Growth, i + 1);
        }

        return 0;
    }
}
