namespace IdGenerator.LeaseLoad;

/// <param name="Milliseconds">In rising order.</param>
/// <param name="Conflicts">Writes that another one came before.</param>
/// <param name="Errors">Writes that failed, or of which nobody knows.</param>
internal sealed record CallSummary(double[] Milliseconds, int Conflicts, int Errors)
{
    public int Count => Milliseconds.Length;

    public override string ToString() =>
        $"{Count} writes, p50 {Percentile(0.5):0.0} ms, p99 {Percentile(0.99):0.0} ms, longest {Percentile(1):0.0} ms, " +
        $"{Conflicts} conflicts, {Errors} errors";

    private double Percentile(double share) => Count == 0 ? 0 : Milliseconds[Math.Min(Count - 1, (int)(Count * share))];
}
