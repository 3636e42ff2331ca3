using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;
using Xunit.Abstractions;

namespace IdGenerator.Silo.Tests;

/// <summary>The membership in a ConfigMap, whichever API server is below.</summary>
public abstract class KubernetesMembershipContract(ITestOutputHelper output) : MembershipContract(output)
{
    protected abstract Task<KubernetesClient> ClientAsync();

    private protected override async Task<Tables> TablesAsync() => KubernetesTables.In(await ClientAsync());

    [Fact]
    public virtual async Task The_table_of_another_cluster_is_refused()
    {
        var client = await ClientAsync();
        await KubernetesTables.In(client, "blue").StartAsync();
        var e = await Assert.ThrowsAsync<MembershipException>(() => KubernetesTables.In(client, "green").StartAsync());
        Assert.Contains("is of the cluster \"blue\", not \"green\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public virtual async Task What_a_silo_without_a_row_left_goes_with_the_next_change()
    {
        var table = await (await TablesAsync()).StartAsync();
        await table.UpdateIAmAliveAsync(Silos.Number(0));
        Assert.Equal(3, (await DataAsync()).Count);
        await table.JoinAsync(Silos.Number(1));
        Assert.Equal(2 + 2, (await DataAsync()).Count);
    }

    [Fact]
    public virtual async Task A_table_of_1024_silos_fits_into_the_object()
    {
        var client = await ClientAsync();
        var tables = KubernetesTables.In(client);
        var table = await tables.StartAsync();
        var longest = Silos.At("fd00:10:244:1234:5678:9abc:def0:1111", 217_000_000);
        (longest.HostName, longest.SiloName) = ($"{new string('r', 53)}-1023", "worker-1023");
        for (var i = 2_222; i < 2_224; i++)
            longest.AddSuspector(Silos.At($"fd00:10:244:1234:5678:9abc:def0:{i}", 217_000_000).SiloAddress, Silos.Now);
        await table.JoinAsync(longest);
        var rows = new JsonObject();
        foreach (var (key, value) in (await DataAsync()).Where(pair => pair.Key.Contains("_1111_", StringComparison.Ordinal)))
        {
            for (var i = 1_112; i < 1_112 + 1_023; i++)
            {
                var name = key.Replace("_1111_", $"_{i}_", StringComparison.Ordinal);
                rows[name] = value.Replace(":1111:", $":{i}:", StringComparison.Ordinal);
            }
        }

        var filled = await client.PatchAsync(ConfigMap.Resource, KubernetesTables.Object, new() { ["data"] = rows }, default);
        Assert.True(filled.IsDone, filled.Message);
        var data = await DataAsync();
        var size = data.Sum(pair => pair.Key.Length + pair.Value.Length);
        Assert.InRange(size, 1, 1 << 20);
        Assert.Equal(1_024, (await table.ReadAllAsync()).Members.Count);
        var start = TimeProvider.System.GetTimestamp();
        await table.JoinAsync(Silos.Number(1));
        Output.WriteLine(
            $"1,024 silos, each suspected by two: {size / 1_024} bytes a silo; " +
            $"one more joins in {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    private async Task<IReadOnlyDictionary<string, string>> DataAsync() =>
        (await (await ClientAsync()).GetAsync(ConfigMap.Resource, KubernetesTables.Object, default)).Value!.Data!;
}
