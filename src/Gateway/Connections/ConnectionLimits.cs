namespace IdGenerator.Gateway.Connections;

/// <summary>How much clients may hold at once. docs/operations.md has the budget that this is a part of.</summary>
/// <param name="Connections">Connections that may be open. A newcomer beyond them takes the place of the longest idle one.</param>
/// <param name="Kestrels">Connections that Kestrel may have: those with a request that is not for the fast path.</param>
public sealed record ConnectionLimits(int Connections, int Kestrels)
{
    /// <summary>Bytes of heap that a connection takes outside of Kestrel, at most.</summary>
    public const int ConnectionBytes = 4 * 1_024;

    /// <summary>Bytes of heap that a connection takes at Kestrel, at most: 40 KiB of headers as bytes and again as strings,
    /// 4,096 IDs that are not sent, and Kestrel's own objects.</summary>
    public const int KestrelBytes = 224 * 1_024;

    // More would not be served faster.
    private const int MostKestrels = 1_024;
    private const int UsualConnections = 12_000;

    /// <summary>Connections may take an eighth of the heap, and those at Kestrel a quarter.</summary>
    /// <param name="resources">What the process has.</param>
    /// <param name="connections">As configured; null for as many as there is room for, up to 12,000.</param>
    public static ConnectionLimits Of(Resources resources, int? connections)
    {
        var open = connections ?? Math.Min(UsualConnections, MostConnections(resources));
        var kestrels = (int)Math.Clamp(resources.Heap / 4 / KestrelBytes, 1, MostKestrels);
        return new(open, Math.Min(kestrels, open));
    }

    /// <summary>The most connections that there is room for.</summary>
    public static int MostConnections(Resources resources) =>
        (int)Math.Clamp(Math.Min(resources.Heap / 8 / ConnectionBytes, resources.Descriptors), 0, 1_000_000);
}
