using System.Globalization;

namespace IdGenerator.Leases;

/// <summary>Worker IDs from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public sealed record WorkerRange(int First, int Last)
{
    /// <summary>All that the layout has room for.</summary>
    public static WorkerRange All { get; } = new(0, Layout.MaxWorker);

    public IEnumerable<int> Workers => Enumerable.Range(First, Last - First + 1);

    /// <returns>Null for what is no <c>first-last</c>, from 0 to 1,023 and in this order.</returns>
    public static WorkerRange? Parse(string text) =>
        text.Split('-') is [var first, var last]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var least)
        && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
        && least <= most && most <= Layout.MaxWorker
            ? new(least, most)
            : null;

    public override string ToString() => $"{First}-{Last}";
}
