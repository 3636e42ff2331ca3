namespace IdGenerator.Idaudit.Auditing;

/// <summary>How often something was found wrong, and the first few times that it was.</summary>
internal sealed class Tally
{
    public const int MaxExamples = 10;

    private readonly List<Finding> _examples = [];

    public long Count { get; private set; }

    public IReadOnlyList<Finding> Examples => _examples;

    /// <summary>Counts one more; true where it is wanted as an example: then <see cref="Show"/> it.</summary>
    public bool Raise() => ++Count <= MaxExamples;

    public void Show(Finding example) => _examples.Add(example);
}
