namespace IdGenerator.Client;

/// <summary>No silo answers for a worker ID: none holds it, or the one that should does not. The message says which.</summary>
[GenerateSerializer, Alias("id-generator.worker-unavailable")]
public sealed class WorkerUnavailableException(string message) : Exception(message);
