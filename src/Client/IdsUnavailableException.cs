namespace IdGenerator.Client;

/// <summary>No worker of the cluster had IDs for as long as the client was to try. The message says what the last one said.</summary>
public sealed class IdsUnavailableException(string message) : Exception(message);
