namespace IdGenerator.Http.Formats;

/// <summary>One JSON string a line.</summary>
internal sealed class NdjsonFormat() : DigitsFormat("application/x-ndjson")
{
    protected override ReadOnlySpan<byte> Before => "\""u8;

    protected override ReadOnlySpan<byte> After => "\"\n"u8;
}
