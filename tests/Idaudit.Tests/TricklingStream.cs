namespace IdGenerator.Idaudit.Tests;

/// <summary>Gives out its bytes in pieces of changing, mostly odd sizes, as a network does.</summary>
internal sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
{
    private int _piece;

    public override int Read(byte[] buffer, int offset, int count)
    {
        _piece = _piece * 7 % 8191 + 1;
        return base.Read(buffer, offset, Math.Min(count, _piece));
    }
}
