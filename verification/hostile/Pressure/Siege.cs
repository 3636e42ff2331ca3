using System.Net.Sockets;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Does something to the service while an ordinary client uses it, and looks at what is left afterwards.</summary>
internal sealed class Siege(Target target, Ledger ledger, Report report)
{
    // Connections of other clients, files that the runtime opens when it likes.
    private const int Slack = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task LayAsync(params Attack[] attacks)
    {
        try
        {
            var before = await Metrics.ReadAsync(target.Server, Metrics.OpenDescriptors);
            await using var prober = new Prober(target.Server, ledger);
            await Task.WhenAll(attacks.Select(RunAsync));
            var probes = await prober.StopAsync();
            report.Check("  /id meanwhile", probes.IsRight, probes.Details);
            await LookBackAsync(before);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            report.Check("  the service answers", false, e.Message);
        }
    }

    private static bool IsNoAnswer(Exception e) =>
        e is SocketException or BrokenAnswerException or OperationCanceledException or TimeoutException;

    private async Task LookBackAsync(double before)
    {
        var memory = await Metrics.ReadAsync(target.Server, Metrics.Memory) / (1 << 20);
        var (left, waited) = await Metrics.FallsToAsync(target.Server, Metrics.OpenDescriptors, before + Slack, Patience);
        report.Check(
            "  connections are freed", left <= before + Slack,
            $"{before:0} file descriptors before, {left:0} after {waited.TotalSeconds:0.0} s; {memory:0} MiB in use");
    }

    private async Task RunAsync(Attack attack)
    {
        Finding finding;
        try
        {
            finding = await attack.Run();
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            finding = new(false, e.Message);
        }

        report.Check(attack.What, finding.IsRight, finding.Details);
    }
}

/// <param name="What">Its name.</param>
/// <param name="Run">Does it, and says how it was taken.</param>
internal sealed record Attack(string What, Func<Task<Finding>> Run);
