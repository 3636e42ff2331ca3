namespace IdGenerator.Client;

/// <summary>What a worker gives to a bulk: ranges, some 16 bytes for each millisecond, or why there are none.</summary>
/// <param name="Now">The worker's logical time when it answered, in milliseconds since <see cref="Layout.Epoch"/>.</param>
/// <param name="Ranges">In rising order; none exactly where there is a <paramref name="Refusal"/>.</param>
/// <param name="Refusal">Null where there are slots; else a sentence.</param>
/// <param name="RetryAfter">When the refusal may be over.</param>
[GenerateSerializer, Immutable, Alias("id-generator.bulk-slots")]
internal readonly record struct BulkSlots(
    [property: Id(0)] long Now,
    [property: Id(1)] SlotReservation[] Ranges,
    [property: Id(2)] string? Refusal = null,
    [property: Id(3)] TimeSpan RetryAfter = default);
