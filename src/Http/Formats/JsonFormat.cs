using System.Buffers;

namespace IdGenerator.Http.Formats;

/// <summary><c>{"ids":["…","…"]}</c></summary>
internal sealed class JsonFormat() : DigitsFormat("application/json")
{
    protected override ReadOnlySpan<byte> Before => ",\""u8;

    protected override ReadOnlySpan<byte> After => "\""u8;

    protected override int SkippedBeforeFirst => 1;

    public override void Begin(IBufferWriter<byte> output) => output.Write("{\"ids\":["u8);

    public override void End(IBufferWriter<byte> output) => output.Write("]}"u8);
}
