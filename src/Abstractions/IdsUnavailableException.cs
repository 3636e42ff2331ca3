namespace IdGenerator;

/// <summary>There were no IDs for as long as it was to be tried. The message says what the last answer was.</summary>
public sealed class IdsUnavailableException(string message) : Exception(message);
