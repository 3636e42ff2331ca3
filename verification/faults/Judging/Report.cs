namespace IdGenerator.Faults;

/// <summary>The run in figures, for people.</summary>
internal sealed record Report
{
    /// <summary>Fewer would not be a fault run.</summary>
    private const int KindsPromised = 10;

    public required Options Options { get; init; }

    public required IReadOnlyList<Worker> Workers { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    public required IReadOnlyList<Client> Clients { get; init; }

    public required Availability Availability { get; init; }

    public required IReadOnlyDictionary<int, int> Exits { get; init; }

    public required double Seconds { get; init; }

    public required AuditResult Audit { get; init; }

    public required IReadOnlyList<string> OutOfOrder { get; init; }

    public required Invariants Invariants { get; init; }

    /// <summary>Those that did not issue again once all faults were over.</summary>
    public required IReadOnlyList<Worker> Silent { get; init; }

    public ExitCode Verdict =>
        Audit.Verdict == ExitCode.Violations || OutOfOrder.Count > 0 || Silent.Count > 0 || Invariants.Violations.Count > 0 ? ExitCode.Violations
        : Audit.Verdict != ExitCode.Clean || Problems.Any() ? ExitCode.NoVerdict
        : ExitCode.Clean;

    /// <summary>Why this was not the run that was wanted.</summary>
    private IEnumerable<string> Problems
    {
        get
        {
            var kinds = Faults.Select(fault => fault.Kind).Distinct().Count();
            var promised = Options.Only.Count > 0 ? Options.Only.Count : KindsPromised;
            if (kinds < promised) yield return $"{kinds} kinds of faults took effect; {promised} are wanted";
            if (Audit.Ids != Clients.Sum(client => client.Ids))
                yield return $"{Clients.Sum(client => client.Ids)} IDs were received, and {Audit.Ids} audited";
            if (Invariants.Records < Workers.Count * Seconds / (4 * Settings.RenewSeconds))
                yield return $"only {Invariants.Records} lease records were seen";
            foreach (var worker in Workers.Where(worker => Availability.Overall(worker.Number).Good == 0))
                yield return $"worker {worker.Number} issued nothing";
        }
    }

    public void Write(TextWriter output)
    {
        Line("seed", $"{Options.Seed}");
        Line("duration", $"{Seconds:0} s, the last {Options.CalmSeconds:0} s without faults");
        Line("workers", $"{Workers.Count}, of them {Options.Silos} silos, {Workers.Count(worker => worker.Disk is not null)} with file stores");
        Line("faults", $"{Faults.Count} of {Faults.Select(fault => fault.Kind).Distinct().Count()} kinds");
        foreach (var kind in Faults.GroupBy(fault => fault.Kind).OrderBy(kind => kind.Key))
            Line($"  {FaultType.Of(kind.Key).Name}", $"{kind.Count()}");
        Line("processes ended", string.Join(", ", Exits.OrderBy(exit => exit.Key).Select(exit => $"{exit.Value} with {exit.Key}")));
        Line("requests", $"{Clients.Sum(client => client.Requests):N0}");
        Line("IDs", $"{Clients.Sum(client => client.Ids):N0}");
        Line("availability", "overall, and while nothing was wrong");
        foreach (var worker in Workers)
            Line($"  worker {worker.Number} ({worker.Engine})", $"{Availability.Overall(worker.Number),7} {Availability.Undisturbed(worker.Number),7}");
        var engines = Workers.Select(worker => worker.Engine).Distinct().ToList();
        Line("while a process was up", string.Concat(engines.Select(engine => $"{engine,14}")));
        foreach (var kind in Faults.Select(fault => fault.Kind).Distinct().Order())
            Line($"  {FaultType.Of(kind).Name}", string.Concat(engines.Select(engine => $"{Availability.WhileUp(engine, kind),14}")));
        Line("duplicates", $"{Audit.Duplicates:N0}");
        Line("order violations", $"{Audit.Order:N0} within a client, {OutOfOrder.Count:N0} between clients");
        foreach (var example in OutOfOrder.Take(5)) output.WriteLine($"  {example}");
        Line("invariants", $"{Invariants.Violations.Count:N0} violations, {Invariants.Records:N0} lease records seen");
        foreach (var violation in Invariants.Violations.Take(5)) output.WriteLine($"  {violation}");
        foreach (var worker in Silent) Line("never came back", $"worker {worker.Number}");
        foreach (var problem in Problems) Line("problem", problem);
        output.WriteLine(Verdict switch
        {
            ExitCode.Clean => "clean",
            ExitCode.Violations => "VIOLATIONS",
            _ => "NO VERDICT",
        });

        void Line(string name, string value) => output.WriteLine($"{name,-26} {value}");
    }
}
