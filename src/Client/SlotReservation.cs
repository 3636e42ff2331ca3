namespace IdGenerator.Client;

/// <summary>What a worker answers: slots, or why there are none. Whose slots, the caller knows: it named the worker.</summary>
/// <param name="First">The first of <paramref name="Count"/> consecutive slots; see <see cref="SlotRange"/>.</param>
/// <param name="Count">0 exactly where there is a <paramref name="Refusal"/>.</param>
/// <param name="Refusal">Null where there are slots; else a sentence.</param>
/// <param name="RetryAfter">When the refusal may be over.</param>
[GenerateSerializer, Immutable, Alias("id-generator.reservation")]
public readonly record struct SlotReservation(
    [property: Id(0)] long First,
    [property: Id(1)] int Count,
    [property: Id(2)] string? Refusal = null,
    [property: Id(3)] TimeSpan RetryAfter = default)
{
    public SlotRange Slots => new(First, Count);
}
