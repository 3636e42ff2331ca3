namespace IdGenerator.Faults;

/// <summary>Deals kinds of faults so that each comes up once before any comes up again.</summary>
internal sealed class Deck(IReadOnlyList<FaultType> types, Random random)
{
    private readonly Queue<FaultType> _left = new();

    public FaultType Deal()
    {
        if (_left.Count == 0)
        {
            var shuffled = types.ToArray();
            random.Shuffle(shuffled);
            // What nothing else can stand in for goes first: a short run should have seen it.
            foreach (var type in shuffled.OrderBy(type => type.Victim == Victim.AnyWorker)) _left.Enqueue(type);
        }

        return _left.Dequeue();
    }
}
