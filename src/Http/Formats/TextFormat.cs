namespace IdGenerator.Http.Formats;

/// <summary>One ID a line.</summary>
internal sealed class TextFormat() : DigitsFormat("text/plain")
{
    protected override ReadOnlySpan<byte> Before => [];

    protected override ReadOnlySpan<byte> After => "\n"u8;
}
