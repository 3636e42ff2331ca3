using System.Buffers;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// An answer while it is written: its body, and room before it for its head, which says how long the body is. It has memory from
/// <see cref="Begin"/> to <see cref="End"/> alone, so that a connection that waits for requests holds none.
/// </summary>
internal sealed class AnswerBuffer : IBufferWriter<byte>
{
    private const int HeadRoom = 256;
    private const int Usual = 4 * 1_024;

    private byte[] _bytes = [];
    private int _end;

    /// <summary>The room before the body.</summary>
    public Span<byte> Head => _bytes.AsSpan(0, HeadRoom);

    public int BodyLength => _end - HeadRoom;

    public void Begin()
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Usual);
        _end = HeadRoom;
    }

    /// <summary>What was written, from a place in <see cref="Head"/> on.</summary>
    public Memory<byte> From(int start) => _bytes.AsMemory(start, _end - start);

    public void End()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_end);
    }

    // Not where a worker has enough slots: then a hundred IDs are one or two ranges.
    private void Reserve(int sizeHint)
    {
        if (_bytes.Length - _end >= Math.Max(sizeHint, 1)) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, _end + sizeHint));
        _bytes.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
