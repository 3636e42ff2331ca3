namespace IdGenerator.Http.Connections;

/// <summary>How much clients may hold at once. docs/operations.md has the budget that this is a part of.</summary>
/// <param name="Connections">Connections that may be open. A newcomer beyond them takes the place of the longest idle one.</param>
/// <param name="Kestrels">Connections that Kestrel may have: those with a request that is not for the fast path.</param>
public sealed record ConnectionLimits(int Connections, int Kestrels)
{
    /// <summary>Bytes of the process for a connection without Kestrel, at most: an answer of 4 KiB that is not read, and its own
    /// objects.</summary>
    public const int ConnectionBytes = 8 * 1_024;

    /// <summary>Bytes of the kernel for a connection, at most: 8 KiB of requests that are not read, as many of answers.</summary>
    public const int ConnectionKernelBytes = 16 * 1_024;

    /// <summary>Bytes of the process that Kestrel adds to a connection, at most: 40 KiB of headers as bytes and again as strings,
    /// 4,096 IDs that are not sent, and its own objects.</summary>
    public const int KestrelBytes = 352 * 1_024;

    /// <summary>Bytes of the kernel for the longer answers there.</summary>
    public const int KestrelKernelBytes = 128 * 1_024;

    /// <summary>Connections that may be ending, to make room for newcomers, beside those that may be open. The file descriptors
    /// that the process keeps for itself are enough for them.</summary>
    public const int Ending = 16;

    // More would not be served faster.
    private const int MostKestrels = 1_024;
    private const int UsualConnections = 12_000;

    // Of a container that is too small for the budget.
    private const int FewestConnections = 256;

    /// <param name="resources">What the process has.</param>
    /// <param name="connections">As configured; null for as many as there is room for, up to 12,000.</param>
    public static ConnectionLimits Of(ProcessResources resources, int? connections)
    {
        var open = connections ?? Math.Min(UsualConnections, MostConnections(resources));
        return new(open, Math.Min(KestrelsOf(resources), open));
    }

    /// <summary>The most connections that there is room for.</summary>
    public static int MostConnections(ProcessResources resources)
    {
        var room = resources.Memory - ((long)KestrelsOf(resources) * (KestrelBytes + KestrelKernelBytes));
        var fits = room / (ConnectionBytes + ConnectionKernelBytes);
        return (int)Math.Min(Math.Clamp(fits, FewestConnections, 1_000_000), resources.Descriptors);
    }

    // Three eighths of the memory.
    private static int KestrelsOf(ProcessResources resources) =>
        (int)Math.Clamp(resources.Memory * 3 / 8 / (KestrelBytes + KestrelKernelBytes), 1, MostKestrels);
}
