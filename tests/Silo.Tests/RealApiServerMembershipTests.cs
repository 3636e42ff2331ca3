using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using IdGenerator.Membership;
using Xunit.Abstractions;

namespace IdGenerator.Silo.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class RealApiServerMembershipTests(ControlPlane cluster, ITestOutputHelper output)
    : KubernetesMembershipContract(output), IAsyncLifetime
{
    private ServiceAccount? _account;
    private KubernetesClient? _client;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _client?.Dispose();
        return Task.CompletedTask;
    }

    [ApiServerFact]
    public override Task Many_that_start_at_once_make_one_empty_table() => base.Many_that_start_at_once_make_one_empty_table();

    [ApiServerFact]
    public override Task A_row_is_read_back_whole() => base.A_row_is_read_back_whole();

    [ApiServerFact]
    public override Task Addresses_of_every_form_are_rows_of_their_own() => base.Addresses_of_every_form_are_rows_of_their_own();

    [ApiServerFact]
    public override Task An_insert_over_an_old_version_or_an_existing_row_changes_nothing() =>
        base.An_insert_over_an_old_version_or_an_existing_row_changes_nothing();

    [ApiServerFact]
    public override Task An_update_needs_the_row_its_etag_and_that_of_the_version() =>
        base.An_update_needs_the_row_its_etag_and_that_of_the_version();

    [ApiServerFact]
    public override Task Saying_to_be_alive_changes_that_time_and_nothing_else() =>
        base.Saying_to_be_alive_changes_that_time_and_nothing_else();

    [ApiServerFact]
    public override Task Thirty_that_join_at_once_all_have_a_row_and_a_version() =>
        base.Thirty_that_join_at_once_all_have_a_row_and_a_version();

    [ApiServerFact]
    public override Task Of_many_that_change_a_row_at_once_each_changes_it_once() =>
        base.Of_many_that_change_a_row_at_once_each_changes_it_once();

    [ApiServerFact]
    public override Task A_write_is_not_disturbed_by_silos_that_say_they_are_alive() =>
        base.A_write_is_not_disturbed_by_silos_that_say_they_are_alive();

    [ApiServerFact]
    public override Task Cleanup_removes_what_is_not_active_and_long_unheard() =>
        base.Cleanup_removes_what_is_not_active_and_long_unheard();

    [ApiServerFact]
    public override Task Deleting_the_entries_of_the_cluster_leaves_no_etag_good() =>
        base.Deleting_the_entries_of_the_cluster_leaves_no_etag_good();

    [ApiServerFact]
    public override Task What_a_silo_without_a_row_left_goes_with_the_next_change() =>
        base.What_a_silo_without_a_row_left_goes_with_the_next_change();

    [ApiServerFact]
    public override Task The_table_of_another_cluster_is_refused() => base.The_table_of_another_cluster_is_refused();

    [ApiServerFact]
    public override Task A_deleted_table_is_made_again_by_any_silo_that_has_read_it_with_a_higher_version() =>
        base.A_deleted_table_is_made_again_by_any_silo_that_has_read_it_with_a_higher_version();

    [ApiServerFact]
    public override Task A_table_of_1024_silos_fits_into_the_object() => base.A_table_of_1024_silos_fits_into_the_object();

    [ApiServerTheory]
    [InlineData("get")]
    [InlineData("create")]
    [InlineData("update")]
    [InlineData("patch")]
    public async Task A_role_that_lacks_a_verb_is_told_which(string verb)
    {
        var role = RoleRule.Silo.Select(rule =>
            rule.Resource == "configmaps" ? rule with { Verbs = [.. rule.Verbs.Except([verb])] } : rule);
        var account = await cluster.CreateServiceAccountAsync([.. role]);
        using var client = account.Client();
        var e = await Assert.ThrowsAsync<MembershipException>(async () =>
        {
            var table = await KubernetesTables.In(client).StartAsync();
            await table.JoinAsync(Silos.Number(1));
            await table.UpdateIAmAliveAsync(Silos.Number(1));
        });
        Assert.Contains($"{verb} configmaps", e.Message, StringComparison.Ordinal);
        Assert.Contains($"in namespace {account.Namespace}: the role lacks this verb", e.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task Kubectl_finds_the_object_by_a_label_of_its_own_and_no_tool_takes_it_for_a_part_of_the_release()
    {
        var table = await KubernetesTables.In(await ClientAsync()).StartAsync();
        await table.JoinAsync(Silos.Number(7));
        var listed = await cluster.KubectlAsync(
            "get", "configmap", "-n", _account!.Namespace, "-o", "name",
            "-l", "id-generator/release=ids,!app.kubernetes.io/instance,!app.kubernetes.io/name");
        Assert.Equal($"configmap/{KubernetesTables.Object}", listed.Trim());
        var annotations = await cluster.KubectlAsync(
            "get", "configmap", KubernetesTables.Object, "-n", _account.Namespace, "-o", "jsonpath={.metadata.annotations}");
        string[] kept = ["IgnoreExtraneous", "Prune=false", "\"keep\"", "\"disabled\""];
        Assert.All(kept, value => Assert.Contains(value, annotations, StringComparison.Ordinal));
    }

    [ApiServerFact]
    public async Task The_object_holds_no_notes_of_who_has_written_which_key()
    {
        var table = await KubernetesTables.In(await ClientAsync()).StartAsync();
        for (var silo = 0; silo < 3; silo++) await table.JoinAsync(Silos.Number(silo));
        var stored = await cluster.KubectlAsync("get", "--raw", $"/api/v1/namespaces/{_account!.Namespace}/configmaps/{KubernetesTables.Object}");
        Assert.Contains("worker-2", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", stored, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task A_table_of_an_earlier_release_loses_the_labels_of_tools_with_the_next_change()
    {
        var client = await ClientAsync();
        var table = await KubernetesTables.In(client).StartAsync();
        await cluster.KubectlAsync(
            "label", "configmap", KubernetesTables.Object, "-n", _account!.Namespace,
            "id-generator/release-", "app.kubernetes.io/name=id-generator", "app.kubernetes.io/instance=ids", "team=a");
        await table.JoinAsync(Silos.Number(7));

        var listed = await cluster.KubectlAsync(
            "get", "configmap", "-n", _account.Namespace, "-o", "name", "-l", "id-generator/release=ids,!app.kubernetes.io/instance,team=a");
        Assert.Equal($"configmap/{KubernetesTables.Object}", listed.Trim());
    }

    protected override async Task<KubernetesClient> ClientAsync()
    {
        _account ??= await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        return _client ??= _account.Client();
    }

    protected override async Task DeleteAsync()
    {
        await cluster.KubectlAsync("delete", "configmap", KubernetesTables.Object, "-n", _account!.Namespace);
        // A read may come from the server's memory, which learns of it a moment later.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = await ClientAsync();
        while ((await client.GetHeadAsync(ConfigMap.Resource, KubernetesTables.Object, cached: true, patience.Token)).IsDone)
            await Task.Delay(10, patience.Token);
    }
}
