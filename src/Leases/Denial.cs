namespace IdGenerator.Leases;

/// <summary>
/// Tells a store that has locked this process out for good from one that has just started or whose keys are being replaced: by how
/// long it denies each attempt. An attempt that is not answered begins the count afresh, because after an outage a store may deny
/// everybody for some seconds. Thread-safe for readers of <see cref="IsGoingOn"/>.
/// </summary>
internal sealed class Denial(TimeProvider time)
{
    private volatile bool _isGoingOn;
    private long _since;

    /// <summary>The last attempt was denied.</summary>
    public bool IsGoingOn => _isGoingOn;

    /// <summary>Takes note of an attempt that has failed.</summary>
    /// <returns>True where all attempts of the last <see cref="LeaseOptions.LongestDenial"/> were denied.</returns>
    public bool IsForGood(LeaseStoreException failure)
    {
        if (failure.IsDenied && !_isGoingOn) _since = time.GetTimestamp();
        _isGoingOn = failure.IsDenied;
        return _isGoingOn && time.GetElapsedTime(_since) >= LeaseOptions.LongestDenial;
    }

    /// <summary>Takes note of an attempt that has succeeded.</summary>
    public void End() => _isGoingOn = false;
}
