using IdGenerator.Testing;

namespace IdGenerator.Hostile.Assaults;

/// <summary>What the budget in docs/operations.md allows an assault, in MiB.</summary>
internal sealed class Allowance(Assault assault, int container)
{
    private readonly decimal _atRest = Of("program that has run", container);
    private readonly decimal _held = assault.Budget.Sum(what => Of(what, container));
    private readonly decimal _kernel = Of("kernel", container);

    public bool Covers(Footprint footprint) =>
        (decimal)footprint.AtRest <= _atRest && (decimal)footprint.Peak <= _atRest + _held && (decimal)footprint.KernelPeak <= _kernel;

    public string Compare(Footprint footprint) =>
        $"at rest {footprint.AtRest:0} MiB of {_atRest:0}, peak {footprint.Peak:0} of {_atRest + _held:0}, kernel {footprint.KernelPeak:0} of {_kernel:0}";

    private static decimal Of(string what, int container)
    {
        var lines = Budget.Lines.Where(line => line.What.StartsWith(what, StringComparison.Ordinal)).ToList();
        if (lines.Count == 0) throw new InvalidOperationException($"The budget has no line \"{what}\".");
        return lines.Sum(line => line.Mebibytes[container]);
    }
}
