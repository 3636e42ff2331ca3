using System.Buffers;
using System.Buffers.Binary;

namespace IdGenerator.Http.Formats;

/// <summary>Eight bytes an ID, little-endian.</summary>
internal sealed class BinaryFormat() : IdFormat("application/octet-stream")
{
    private const int Piece = 500;

    public override long? BodyLength(int count) => (long)count * sizeof(long);

    public override void Write(IBufferWriter<byte> output, IdRange ids, bool isFirst)
    {
        for (var start = 0; start < ids.Count; start += Piece)
        {
            var count = Math.Min(Piece, ids.Count - start);
            var buffer = output.GetSpan(count * sizeof(long));
            for (var index = 0; index < count; index++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(buffer[(index * sizeof(long))..], ids[start + index]);
            }

            output.Advance(count * sizeof(long));
        }
    }
}
