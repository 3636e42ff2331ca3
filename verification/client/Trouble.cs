using System.Diagnostics;

namespace IdGenerator.ClientFaults;

/// <summary>What happens to a silo. It marks the moments at which something changes for the clients: the beginning, and the end where there is one.</summary>
internal sealed record Trouble(string Name, Func<Cluster, Moment, Task> HappenAsync)
{
    public static IEnumerable<Trouble> All(TimeSpan duration) =>
    [
        new("nothing", (_, _) => Task.Delay(duration / 4)),
        new("paused", async (cluster, moment) =>
        {
            moment.IsNow();
            cluster.Victim.Pause();
            await Task.Delay(duration);
            moment.IsNow();
            cluster.Victim.Resume();
            await Task.Delay(duration / 6);
        }),
        new("cut off", async (cluster, moment) =>
        {
            moment.IsNow();
            Filter("-I", cluster);
            try
            {
                await Task.Delay(duration);
            }
            finally
            {
                moment.IsNow();
                Filter("-D", cluster);
            }

            await Task.Delay(duration / 6);
        }),
        new("killed", async (cluster, moment) =>
        {
            moment.IsNow();
            await cluster.Victim.CrashAsync();
            await Task.Delay(duration / 2);
        }),
        new("restarted", async (cluster, moment) =>
        {
            moment.IsNow();
            await cluster.Victim.CrashAsync();
            await cluster.StartVictimAsync();
            moment.IsNow();
            await Task.Delay(duration / 4);
        }),
        new("drained", async (cluster, moment) =>
        {
            moment.IsNow();
            cluster.Victim.Terminate();
            await cluster.Victim.ExitAsync();
            await Task.Delay(duration / 4);
        }),
    ];

    /// <summary>Packets to and from both of its ports are dropped, and nobody is told.</summary>
    private static void Filter(string verb, Cluster cluster)
    {
        foreach (var port in (int[])[cluster.VictimSiloPort, cluster.GatewayPorts[^1]])
        {
            foreach (var side in (string[])["--dport", "--sport"])
            {
                using var filter = Process.Start("iptables", [verb, "INPUT", "-i", "lo", "-p", "tcp", side, $"{port}", "-j", "DROP"]);
                filter.WaitForExit();
                if (filter.ExitCode != 0) throw new InvalidOperationException("iptables may not be changed here; leave \"cut off\" out.");
            }
        }
    }
}
