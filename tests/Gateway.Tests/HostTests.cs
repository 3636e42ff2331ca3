using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>One host, one holder: whoever starts the processes, and from where.</summary>
public sealed partial class HostTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Another_directory_does_not_make_another_worker()
    {
        await using var first = await Start("first").ReadyAsync();
        await using var second = Start("second");

        Assert.Equal(69, await second.ExitAsync());
        Assert.Contains($"process {first.Id} (user ", second.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    public async Task A_store_in_memory_does_not_make_another_worker(string other)
    {
        await using var first = await Start("first", ("LEASE_STORE", "memory")).ReadyAsync();
        await using var second = Start("second", ("LEASE_STORE", other));

        Assert.Equal(69, await second.ExitAsync());
    }

    [Fact]
    public async Task A_removed_lock_file_does_not_make_another_worker()
    {
        await using var first = await Start("first").ReadyAsync();
        File.Delete(Path.Combine(_scratch.Directory, "first", "worker-9.lock"));
        await using var second = Start("first");

        Assert.Equal(69, await second.ExitAsync());
        Assert.Contains($"process {first.Id} ", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pods_uid_is_no_proof_of_death_where_pods_share_a_file_store()
    {
        await using var first = await Start("first", ("POD_UID", "shared-by-hand")).ReadyAsync();

        var record = await File.ReadAllTextAsync(Path.Combine(_scratch.Directory, "first", "worker-9.json"));

        Assert.DoesNotContain("shared-by-hand", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_holder_that_is_stopped_is_one_still()
    {
        await using var first = await Start("first").ReadyAsync();
        first.Pause();
        await using var second = Start("second");

        Assert.Equal(69, await second.ExitAsync());
        Assert.Contains($"process {first.Id} ", second.Errors, StringComparison.Ordinal);
        first.Resume();
    }

    [Fact]
    public async Task Another_id_space_makes_another_worker()
    {
        using var other = new Scratch();
        await using var first = await Start("first").ReadyAsync();
        await using var second = await Start("second", ("ID_SPACE", other.IdSpace)).ReadyAsync();

        Assert.Contains($"in ID space {other.IdSpace}, is {Path.Combine(_scratch.Directory, "second", "worker-9.json")}.",
            second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_process_with_another_directory_is_told_where_the_record_is_and_goes_on_from_there()
    {
        var first = await Start("first").ReadyAsync();
        var before = await IdAsync(first);
        await first.CrashAsync();

        await using (var elsewhere = Start("second"))
        {
            Assert.Equal(78, await elsewhere.ExitAsync());
            var there = Path.Combine(_scratch.Directory, "first");
            Assert.Contains($"Set the data directory to {there},", elsewhere.Errors, StringComparison.Ordinal);
        }

        await using var second = await Start("first").ReadyAsync();
        Assert.True(await IdAsync(second) > before);
    }

    [Fact]
    public async Task Of_two_that_follow_a_crash_the_one_that_is_refused_names_the_other()
    {
        await (await Start("first").ReadyAsync()).CrashAsync();

        await using var second = Start("first");
        await using var third = Start("first");
        await Task.WhenAny(second.ExitAsync(), third.ExitAsync());

        var (refused, holder) = second.HasExited ? (second, third) : (third, second);
        Assert.Equal(69, await refused.ExitAsync());
        Assert.Contains($"process {holder.Id} ", refused.Errors, StringComparison.Ordinal);
        await holder.ReadyAsync();
    }

    [Theory]
    [InlineData("HOME", "/nonexistent", "DATA_DIR is not set, and there is no home directory (HOME is \"/nonexistent\")")]
    [InlineData("HOME", "", "DATA_DIR is not set, and there is no home directory (HOME is \"\")")]
    [InlineData("HOME", "/proc", "DATA_DIR is not set, and /proc/.local/state/id-generator cannot be made")]
    [InlineData("XDG_STATE_HOME", "state", "DATA_DIR is not set, and there is no home directory")]
    [InlineData("DATA_DIR", "data", "DATA_DIR is \"data\"")]
    public async Task A_directory_that_depends_on_where_it_was_started_is_never_used(string name, string value, string fault)
    {
        await using var service = ServiceProcess.Start(
            "Gateway", ("WORKER_ID", "9"), ("HOME", ""), ("XDG_STATE_HOME", ""), (name, value));

        Assert.Equal(78, await service.ExitAsync());
        Assert.StartsWith(fault, service.Errors, StringComparison.Ordinal);
        Assert.EndsWith(
            "; allowed is the absolute path of a directory on a local disk that outlives this process.", service.Errors,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    public async Task A_worker_id_that_nobody_stated_is_not_taken_from_a_name(string store)
    {
        await using var service = ServiceProcess.Start(
            "Gateway", [("LEASE_STORE", store), ("POD_NAME", "ids-27"), .. _scratch.Variables]);

        Assert.Equal(78, await service.ExitAsync());
        Assert.StartsWith("WORKER_ID is not set; allowed is", service.Errors, StringComparison.Ordinal);
        Assert.Contains("It is not taken from POD_NAME \"ids-27\"", service.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("two words")]
    [InlineData("../up")]
    [InlineData("a23456789-123456789-123456789-123456789-1")]
    [InlineData("line\n")]
    public async Task An_id_space_of_other_letters_is_a_fault(string space)
    {
        await using var service = Start("first", ("ID_SPACE", space));

        Assert.Equal(78, await service.ExitAsync());
        Assert.StartsWith($"ID_SPACE is \"{space.TrimEnd()}", service.Errors, StringComparison.Ordinal);
    }

    [TimeNamespaceFact]
    public async Task Time_namespaces_have_one_monotonic_clock_where_they_shift_it_alike_and_no_other()
    {
        var plain = await BootIdAsync([]);

        Assert.Equal(plain, await BootIdAsync(["unshare", "--time", "--kill-child"]));
        var shifted = await BootIdAsync(["unshare", "--time", "--monotonic", "1000", "--kill-child"]);
        Assert.NotEqual(plain, shifted);
        // The kernel gives the inode of the namespace before to this one.
        Assert.NotEqual(shifted, await BootIdAsync(["unshare", "--time", "--monotonic", "990", "--kill-child"]));
        Assert.Equal(shifted, await BootIdAsync(["unshare", "--time", "--monotonic", "1000", "--kill-child"]));
    }

    public void Dispose() => _scratch.Dispose();

    private ServiceProcess Start(string directory, params (string, string)[] variables) => ServiceProcess.Start(
        "Gateway",
        [("WORKER_ID", "9"), .. _scratch.Variables, ("DATA_DIR", Path.Combine(_scratch.Directory, directory)), .. variables]);

    private static async Task<long> IdAsync(ServiceProcess service) =>
        long.Parse((await service.Client.GetStringAsync(new Uri("/id", UriKind.Relative))).Split('"')[3]);

    /// <summary>What a process writes into its record.</summary>
    private static async Task<string> BootIdAsync(string[] command)
    {
        using var scratch = new Scratch();
        await using var service = await ServiceProcess
            .StartUnder(command, "Gateway", [("WORKER_ID", "9"), .. scratch.Variables]).ReadyAsync();
        var record = await File.ReadAllTextAsync(Path.Combine(scratch.Directory, "worker-9.json"));
        return BootId().Match(record).Groups[1].Value;
    }

    [GeneratedRegex("\"bootId\": \"(.+)\"")]
    private static partial Regex BootId();
}
