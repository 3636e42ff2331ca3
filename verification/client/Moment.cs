using System.Diagnostics;

namespace IdGenerator.ClientFaults;

/// <summary>When something changed last, which all callers see; far in the future until something does.</summary>
internal sealed class Moment
{
    private long _value = long.MaxValue / 2;

    public long Value => Volatile.Read(ref _value);

    public void IsNow() => Volatile.Write(ref _value, Stopwatch.GetTimestamp());
}
