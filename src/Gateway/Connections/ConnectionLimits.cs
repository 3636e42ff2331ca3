namespace IdGenerator.Gateway.Connections;

/// <summary>How much clients may hold at once. docs/operations.md has the budget that this is a part of.</summary>
/// <param name="Connections">Connections that may be open. A newcomer beyond them takes the place of the longest idle one.</param>
/// <param name="Kestrels">Connections that Kestrel may have: those with a request that is not for the fast path.</param>
public sealed record ConnectionLimits(int Connections, int Kestrels)
{
    /// <summary>Bytes that the process takes without clients of the HTTP port: a silo at rest, connections of Orleans clients,
    /// grain calls, what is not collected yet, and a reserve.</summary>
    public const long OtherBytes = 200L << 20;

    /// <summary>Bytes that a connection takes, at most, without Kestrel: 4 KiB of heap, and 16 KiB of the kernel's for
    /// requests that are not read and answers that are not sent.</summary>
    public const int ConnectionBytes = 20 * 1_024;

    /// <summary>Bytes that Kestrel adds to a connection, at most: 40 KiB of headers as bytes and again as strings, 4,096 IDs
    /// that are not sent, and its own objects.</summary>
    public const int KestrelBytes = 224 * 1_024;

    // More would not be served faster.
    private const int MostKestrels = 1_024;
    private const int UsualConnections = 12_000;

    // Of a container that is too small for the budget.
    private const int FewestConnections = 256;

    /// <param name="resources">What the process has.</param>
    /// <param name="connections">As configured; null for as many as there is room for, up to 12,000.</param>
    public static ConnectionLimits Of(Resources resources, int? connections)
    {
        var open = connections ?? Math.Min(UsualConnections, MostConnections(resources));
        return new(open, Math.Min(KestrelsOf(resources), open));
    }

    /// <summary>The most connections that there is room for.</summary>
    public static int MostConnections(Resources resources)
    {
        var room = resources.Memory - OtherBytes - ((long)KestrelsOf(resources) * KestrelBytes);
        return (int)Math.Min(Math.Clamp(room / ConnectionBytes, FewestConnections, 1_000_000), resources.Descriptors);
    }

    // A seventh of the memory.
    private static int KestrelsOf(Resources resources) => (int)Math.Clamp(resources.Memory / 7 / KestrelBytes, 1, MostKestrels);
}
