namespace IdGenerator.Hostile.Wire;

/// <summary>What came is no HTTP answer, or none came in time.</summary>
internal sealed class BrokenAnswerException(string message) : Exception(message);
