namespace IdGenerator.Idaudit.Reading;

/// <summary>A stream could not be read to its end. What was read before counts.</summary>
/// <param name="isCut">It was well-formed as far as it went, and ended too early.</param>
internal sealed class UnreadableException(string message, bool isCut) : Exception(message)
{
    public bool IsCut => isCut;
}
