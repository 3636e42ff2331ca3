using System.Globalization;

namespace IdGenerator.Testing;

/// <summary>
/// The wall clock that the processes of one place see, by way of libfaketime. A change takes up to a second to be seen. The
/// monotonic clock is the host's.
/// </summary>
public sealed class FakeClock
{
    private readonly string _file;

    public FakeClock(string file)
    {
        _file = file;
        Set(0);
    }

    /// <summary>Seconds off the host's clock.</summary>
    public double Offset { get; private set; }

    public IEnumerable<(string, string)> Variables =>
    [
        // The one with a lock: threads would read an offset that is half changed.
        ("LD_PRELOAD", FakeTime.Library!.Replace("libfaketime.so", "libfaketimeMT.so", StringComparison.Ordinal)),
        ("FAKETIME_TIMESTAMP_FILE", _file),
        ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Else waits on the monotonic clock end at once, and the process spins.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    public void Set(double offset)
    {
        Offset = offset;
        var aside = _file + ".new";
        File.WriteAllText(aside, offset.ToString("+0.000;-0.000;+0", CultureInfo.InvariantCulture) + "\n");
        File.Move(aside, _file, overwrite: true);
    }
}
