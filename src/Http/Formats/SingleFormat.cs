namespace IdGenerator.Http.Formats;

/// <summary><c>{"id":"…"}</c>, of one ID.</summary>
internal sealed class SingleFormat() : DigitsFormat("application/json")
{
    public static SingleFormat Instance { get; } = new();

    protected override ReadOnlySpan<byte> Before => "{\"id\":\""u8;

    protected override ReadOnlySpan<byte> After => "\"}"u8;
}
