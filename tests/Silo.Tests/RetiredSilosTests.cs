using Orleans.Configuration;

namespace IdGenerator.Silo.Tests;

/// <summary>
/// Orleans takes an old silo that is missing in a newer table for dead, and that silo ends
/// (<see cref="ClusterMembershipOptions.SiloGenerationRetirementAge"/>).
/// </summary>
public sealed class RetiredSilosTests
{
    [Theory]
    [InlineData("the silos look first")]
    [InlineData("a new pod starts first")]
    public async Task A_deleted_table_ends_no_silo_that_counts_as_old_to_Orleans(string first)
    {
        await using var server = await FakeApiServer.StartAsync();
        await using var one = await LeasedHost.StartAsync(server, 0, membership => Configure(membership));
        await using var two = await LeasedHost.StartAsync(server, 1, membership => Configure(membership));
        await one.UntilItSeesAsync(2);

        server.Delete(KubernetesTables.Object);
        // Real silos, in real time.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        if (first == "the silos look first")
            while (!server.Has(KubernetesTables.Object)) await Task.Delay(50, patience.Token);

        await using var three = await LeasedHost.StartAsync(server, 2, membership => Configure(membership));
        foreach (var silo in new[] { one, two, three }) await silo.UntilItSeesAsync(3);
        Assert.Empty(one.Errors.Concat(two.Errors).Concat(three.Errors));

        void Configure(ClusterMembershipOptions membership)
        {
            membership.SiloGenerationRetirementAge = TimeSpan.FromMilliseconds(1);
            // Silos look at their table twice as often as they read it.
            if (first == "the silos look first") membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
        }
    }
}
