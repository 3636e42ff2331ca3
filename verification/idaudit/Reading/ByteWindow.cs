namespace IdGenerator.Idaudit.Reading;

/// <summary>The part of a stream that is in memory: <see cref="Skip"/> what is done with, <see cref="Grow"/> for more.</summary>
internal sealed class ByteWindow(Stream stream, byte[] buffer)
{
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(_start, _end - _start);

    public void Skip(int count) => _start += count;

    /// <summary>Adds at least one byte behind those not skipped; false at the end of the stream.</summary>
    /// <exception cref="UnreadableException">One value fills the whole buffer, or reading failed.</exception>
    public bool Grow()
    {
        Bytes.CopyTo(buffer);
        _end -= _start;
        _start = 0;
        if (_end == buffer.Length) throw Unreadable($"a value is longer than {buffer.Length:N0} bytes");

        try
        {
            var read = stream.Read(buffer, _end, buffer.Length - _end);
            _end += read;
            return read > 0;
        }
        catch (IOException failure)
        {
            throw Unreadable(failure.Message);
        }
    }

    /// <summary>Makes <paramref name="count"/> bytes available, or as many as there are.</summary>
    public void GrowTo(int count)
    {
        while (Bytes.Length < count && Grow())
        {
        }
    }

    private static UnreadableException Unreadable(string reason) => new(reason, isCut: false);
}
