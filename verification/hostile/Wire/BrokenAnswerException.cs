namespace IdGenerator.Hostile.Wire;

/// <summary>What came is no HTTP answer, or none came in time.</summary>
internal sealed class BrokenAnswerException(string message, bool isCut = false) : Exception(message)
{
    /// <summary>It was one until the connection ended.</summary>
    public bool IsCut => isCut;
}
