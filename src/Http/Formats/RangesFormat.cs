using System.Buffers;
using System.Buffers.Text;

namespace IdGenerator.Http.Formats;

/// <summary><c>{"ranges":[{"first":"…","count":4096},…]}</c>: runs of consecutive integers.</summary>
internal sealed class RangesFormat() : IdFormat("application/vnd.id-ranges+json")
{
    public override void Begin(IBufferWriter<byte> output) => output.Write("{\"ranges\":["u8);

    public override void Write(IBufferWriter<byte> output, IdRange ids, bool isFirst)
    {
        for (var index = 0; index < ids.Count;)
        {
            var run = ids.RunLength(index);
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write("{\"first\":\""u8);
            WriteNumber(output, ids[index]);
            output.Write("\",\"count\":"u8);
            WriteNumber(output, run);
            output.Write("}"u8);
            index += run;
        }
    }

    public override void End(IBufferWriter<byte> output) => output.Write("]}"u8);

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
