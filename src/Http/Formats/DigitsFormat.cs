using System.Buffers;
using System.Buffers.Text;

namespace IdGenerator.Http.Formats;

/// <summary>IDs as decimal digits, each with the same bytes before and after it.</summary>
internal abstract class DigitsFormat(string mediaType) : IdFormat(mediaType)
{
    // 150 IDs with their quotes fit into one of Kestrel's blocks of 4 KiB with room for the frame of a chunk.
    private const int Piece = 150;
    private const int MaxDigits = 19;

    protected abstract ReadOnlySpan<byte> Before { get; }

    protected abstract ReadOnlySpan<byte> After { get; }

    /// <summary>How many bytes of <see cref="Before"/> the very first ID goes without.</summary>
    protected virtual int SkippedBeforeFirst => 0;

    public override void Write(IBufferWriter<byte> output, IdRange ids, bool isFirst)
    {
        for (var start = 0; start < ids.Count; start += Piece)
        {
            var count = Math.Min(Piece, ids.Count - start);
            var buffer = output.GetSpan(count * (Before.Length + MaxDigits + After.Length));
            var written = 0;
            for (var index = start; index < start + count; index++)
            {
                var before = isFirst ? Before[SkippedBeforeFirst..] : Before;
                isFirst = false;
                before.CopyTo(buffer[written..]);
                written += before.Length;
                Utf8Formatter.TryFormat(ids[index], buffer[written..], out var digits);
                written += digits;
                After.CopyTo(buffer[written..]);
                written += After.Length;
            }

            output.Advance(written);
        }
    }
}
