using System.Diagnostics;
using IdGenerator.LeaseStores;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("leases-").FullName;

    private string RecordPath => Path.Combine(_directory, "worker-7.json");

    private string LockPath => Path.ChangeExtension(RecordPath, ".lock");

    [Fact]
    public async Task While_one_has_it_open_another_is_refused_and_told_who()
    {
        using var first = Open();
        // The record is that of another, dead one.
        await first.WriteAsync(Records.Any, null, default);

        var (second, refusal) = FileLeaseStore.Open(_directory, 7);

        Assert.Null(second);
        Assert.Equal(RefusalReason.Conflict, refusal!.Reason);
        Assert.Contains($"process {Environment.ProcessId} ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_holder_that_left_no_name_is_another_process()
    {
        using var held = new FileStream(LockPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        var (_, refusal) = FileLeaseStore.Open(_directory, 7);

        Assert.Contains("Worker ID 7 is held by another process", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_file_names_its_holder_and_nothing_else()
    {
        var self = $"{Environment.MachineName}, process {Environment.ProcessId}";
        File.WriteAllText(LockPath, $"a holder of before, with a name that is longer than {self}\n");

        Open().Dispose();

        Assert.Equal($"{self}\n", File.ReadAllText(LockPath));
    }

    [Fact]
    public void Another_worker_id_is_free_in_the_same_directory()
    {
        using var first = Open();
        var (second, refusal) = FileLeaseStore.Open(_directory, 8);

        Assert.Null(refusal);
        second!.Dispose();
    }

    [Fact]
    public void The_next_process_has_the_same_lock()
    {
        string? name;
        using (var first = Open()) name = first.Lock;

        using var second = Open();

        Assert.NotNull(name);
        Assert.Equal(name, second.Lock);
    }

    [Fact]
    public void Who_makes_a_removed_lock_file_again_has_another_lock()
    {
        var (first, second) = OpenTwice();
        using (first)
        using (second) Assert.NotEqual(first.Lock, second.Lock);
    }

    [Fact]
    public async Task Who_makes_a_removed_lock_file_again_is_refused_while_the_holder_renews()
    {
        var time = new FakeTimeProvider();
        var (first, second) = OpenTwice();
        using (first)
        using (second)
        {
            var holder = await new Rig(first, time).HoldingAsync();
            using var stop = new CancellationTokenSource();
            var holding = holder.Lease.HoldAsync(stop.Token);

            var acquiring = new Rig(second, time, "uid-b").AcquireAsync();
            Assert.False(acquiring.IsCompleted, "the worker ID is watched");
            for (var passed = 0; passed < 30; passed++) time.AdvanceMilliseconds(1_000);

            Assert.Equal(RefusalReason.Conflict, (await acquiring.WaitAsync(TimeSpan.FromSeconds(10)))!.Reason);
            Assert.NotNull(holder.Issue());
            await stop.CancelAsync();
            Assert.Null(await holding);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private FileLeaseStore Open() => FileLeaseStore.Open(_directory, 7).Store!;

    /// <summary>Two processes, between which somebody has removed the lock file.</summary>
    private (FileLeaseStore First, FileLeaseStore Second) OpenTwice()
    {
        var first = Open();
        File.Delete(LockPath);
        return (first, Open());
    }
}
