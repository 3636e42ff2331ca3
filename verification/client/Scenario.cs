using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.ClientFaults;

/// <summary>One cluster, one load, one trouble.</summary>
internal static class Scenario
{
    private const int Clients = 8;
    private const int CallersOfEach = 8;

    public static async Task<Verdict> RunAsync(Trouble trouble)
    {
        await using var cluster = await Cluster.StartAsync();
        var services = Enumerable.Range(0, Clients).Select(_ => NewClient(cluster)).ToList();
        try
        {
            var ids = services.Select(client => client.GetRequiredService<IIdGenerator>()).ToList();
            await Task.WhenAll(ids.Select(client => client.NextAsync(20_000).AsTask()));

            var callers = ids.SelectMany(client => Enumerable.Range(0, CallersOfEach).Select(_ => new Caller(client))).ToList();
            var moment = new Moment();
            using var stop = new CancellationTokenSource();
            var running = callers.Select(caller => Task.Run(() => caller.RunAsync(moment, stop.Token))).ToList();
            await Task.Delay(3_000);

            var watch = Stopwatch.StartNew();
            var began = Stopwatch.GetTimestamp();
            await trouble.HappenAsync(cluster, moment);
            await stop.CancelAsync();
            await Task.WhenAll(running);
            return Judge(callers, began, watch.Elapsed);
        }
        finally
        {
            foreach (var client in services) await client.DisposeAsync();
        }
    }

    private static ServiceProvider NewClient(Cluster cluster) => new ServiceCollection()
        .AddIdGeneratorClient(options =>
        {
            foreach (var port in cluster.GatewayPorts) options.Gateways.Add($"localhost:{port}");
        })
        .BuildServiceProvider();

    private static Verdict Judge(List<Caller> callers, long began, TimeSpan duration)
    {
        Latencies first = new(), others = new();
        foreach (var caller in callers)
        {
            first.Add(caller.First);
            others.Add(caller.Others);
        }

        var all = new List<long>(callers.Sum(caller => caller.Ids.Count));
        foreach (var caller in callers) all.AddRange(caller.Ids);
        var sorted = CollectionsMarshal.AsSpan(all);
        sorted.Sort();
        var equal = 0;
        for (var i = 1; i < sorted.Length; i++) equal += sorted[i] == sorted[i - 1] ? 1 : 0;
        return new(first, others, all.Count, equal, callers.SelectMany(caller => caller.Failures).ToList(), callers.Count, began, duration);
    }
}

/// <summary>What callers felt.</summary>
internal sealed record Verdict(
    Latencies First, Latencies Others, int Ids, int Equal, List<string> Failures, int Callers, long Began, TimeSpan Duration)
{
    /// <summary>
    /// Of the time of all callers. p99.9 of the calls does not see a stall: who is stalled makes no calls. So the time that is spent in calls
    /// of more than 100 ms counts too, and may be 0.1% of all.
    /// </summary>
    private double Stalled => Others.Stalled / (Callers * Duration.TotalMilliseconds);

    public bool IsGood =>
        First.Quantile(0.999) <= 250 && Others.Quantile(0.999) <= 100 && Stalled <= 0.001 && Equal == 0 && Failures.Count == 0 && Ids > 0;

    public override string ToString() => FormattableString.Invariant(
        $"first second {First.Quantile(0.999):0.000} and {First.Longest:0}, others {Others.Quantile(0.999):0.000} and {Others.Longest:0} (at {Stopwatch.GetElapsedTime(Began, Others.LongestAt).TotalSeconds:0.0} s), stalled {Stalled:0.0000%}; {Ids} IDs in {Duration.TotalSeconds:0} s, {Equal} equal, {Failures.Count} calls failed{(Failures.Count > 0 ? $" ({Failures[0]})" : "")}");
}
