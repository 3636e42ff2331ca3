namespace IdGenerator.Idaudit.Auditing;

/// <summary>
/// All IDs in the order of arrival, 8 bytes each. The order is kept so that a duplicate, once known, can be told where it
/// was seen, also where the input was a pipe.
/// </summary>
internal sealed class IdTable
{
    /// <summary>Parts into which IDs fall by a hash: equal IDs into the same one, unequal ones evenly, near enough.</summary>
    public const int Parts = 1 << PartBits;

    /// <summary>IDs that are kept in one array: a little less than 8 MiB, so that four fill a region of the heap.</summary>
    public const int ChunkSize = (1 << 20) - 1024;

    private const int PartBits = 4;

    private readonly List<long[]> _chunks = [];
    private readonly long[] _partSizes = new long[Parts];
    private long[] _tail = [];
    private int _used;

    public long Count => _chunks.Count == 0 ? 0 : (_chunks.Count - 1L) * ChunkSize + _used;

    /// <exception cref="OutOfMemoryException">This many IDs, with what the search needs, do not fit into memory.</exception>
    public void Add(long id)
    {
        if (_used == _tail.Length) Extend();
        _tail[_used++] = id;
        _partSizes[PartOf(id)]++;
    }

    /// <summary>What <see cref="CopyPart"/> needs for each of some parts: room for the largest, and one to spare.</summary>
    public long[] CreateBuffer(IEnumerable<int> parts) =>
        GC.AllocateUninitializedArray<long>(checked((int)parts.Max(part => _partSizes[part]) + 1));

    /// <summary>The IDs of one part, in the order of arrival, into the beginning of <paramref name="buffer"/>.</summary>
    public Span<long> CopyPart(int part, long[] buffer)
    {
        var written = 0;
        for (var chunk = 0; chunk < _chunks.Count; chunk++)
        {
            foreach (var id in Chunk(chunk))
            {
                // Written before it is known whether it stays: no branch to mispredict.
                buffer[written] = id;
                written += PartOf(id) == part ? 1 : 0;
            }
        }

        return buffer.AsSpan(0, written);
    }

    /// <summary>Where <paramref name="id"/> is, as places in the order of arrival, from 0.</summary>
    public IEnumerable<long> PlacesOf(long id)
    {
        for (var chunk = 0; chunk < _chunks.Count; chunk++)
        {
            for (var from = 0; Chunk(chunk)[from..].IndexOf(id) is >= 0 and var found; from += found + 1)
            {
                yield return (long)chunk * ChunkSize + from + found;
            }
        }
    }

    private static int PartOf(long id) => (int)((ulong)id * 0x9E37_79B9_7F4A_7C15 >> (64 - PartBits));

    private ReadOnlySpan<long> Chunk(int index) =>
        index < _chunks.Count - 1 ? _chunks[index] : _chunks[index].AsSpan(0, _used);

    private void Extend()
    {
        // The system may promise more memory than there is, and kill the process later: so it is refused here.
        var needed = (_chunks.Count + 1L) * ChunkSize * sizeof(long) / 8 * 9;
        if (needed > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) throw new InsufficientMemoryException();
        _tail = GC.AllocateUninitializedArray<long>(ChunkSize);
        _chunks.Add(_tail);
        _used = 0;
    }
}
