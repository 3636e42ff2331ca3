namespace IdGenerator.Client;

/// <summary>A worker ID and who has it.</summary>
/// <param name="Worker">The worker ID.</param>
/// <param name="Holder">The process that holds it: the pod's name, or host and process ID.</param>
/// <param name="ReservedUntil">The end of the timestamps it may use without another renewal; null while it has none.</param>
[GenerateSerializer, Immutable, Alias("id-generator.description")]
public sealed record WorkerDescription(
    [property: Id(0)] int Worker,
    [property: Id(1)] string Holder,
    [property: Id(2)] DateTimeOffset? ReservedUntil);
