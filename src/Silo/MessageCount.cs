namespace IdGenerator.Silo;

/// <summary>
/// Counts the messages in one direction of an Orleans connection, of which the bytes are shown to it in order. It begins with
/// who the other side is: four bytes of length, and as many bytes. Each message is the lengths of its header and of its body,
/// four bytes each, and as many bytes.
/// </summary>
internal struct MessageCount
{
    private const int LengthBytes = 4;

    private long _rest;
    private ulong _lengths;
    private int _lengthBytes;
    private bool _hasBegun;

    /// <summary>Messages of which the lengths were seen.</summary>
    public long Messages { get; private set; }

    public void Show(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_rest > 0)
            {
                var skipped = (int)Math.Min(_rest, bytes.Length);
                bytes = bytes[skipped..];
                _rest -= skipped;
                continue;
            }

            _lengths |= (ulong)bytes[0] << (8 * _lengthBytes++);
            bytes = bytes[1..];
            if (_lengthBytes < (_hasBegun ? 2 * LengthBytes : LengthBytes)) continue;
            _rest = (uint)_lengths + (long)(uint)(_lengths >> (8 * LengthBytes));
            if (_hasBegun) Messages++;
            (_hasBegun, _lengths, _lengthBytes) = (true, 0, 0);
        }
    }
}
