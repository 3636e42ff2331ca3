using System.Diagnostics;
using IdGenerator.LeaseStores;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class FileLeaseStoreTests : LeaseStoreContract, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("leases-").FullName;
    private readonly List<FileLeaseStore> _open = [];

    private string RecordPath => Path.Combine(_directory, "worker-7.json");

    private string LockPath => Path.ChangeExtension(RecordPath, ".lock");

    [Fact]
    public async Task What_is_written_is_read_by_the_next_process()
    {
        using (var first = Open())
        {
            Assert.Null(await first.ReadAsync(default));
            Assert.NotNull(await first.WriteAsync(Record(generation: 1), null, default));
        }

        using var second = Open();
        var stored = await second.ReadAsync(default);
        Assert.Equal(Record(generation: 1), stored!.Record);
    }

    [Fact]
    public async Task While_one_has_it_open_another_is_refused_and_told_who()
    {
        using var first = Open();
        // The record is that of another, dead one.
        await first.WriteAsync(Record(1), null, default);

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
    public async Task The_file_counts_the_writes()
    {
        using var store = Open();
        var stored = await store.WriteAsync(Record(1), null, default);
        stored = await store.WriteAsync(Record(1), stored!.Version, default);
        await store.WriteAsync(Record(1), stored!.Version, default);

        Assert.Contains("\"revision\": 3", await File.ReadAllTextAsync(RecordPath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_made()
    {
        var (store, _) = FileLeaseStore.Open(Path.Combine(_directory, "a", "b"), 7);

        store!.Dispose();
        Assert.True(File.Exists(Path.Combine(_directory, "a", "b", "worker-7.lock")));
    }

    [Fact]
    public void Another_worker_id_is_free_in_the_same_directory()
    {
        using var first = Open();
        var (second, refusal) = FileLeaseStore.Open(_directory, 8);

        Assert.Null(refusal);
        second!.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"revision":1,"record":null}""")]
    public async Task A_torn_file_is_told_and_never_taken_for_a_free_worker_id(string content)
    {
        using var store = Open();
        await File.WriteAllTextAsync(RecordPath, content);

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));

        Assert.True(error.IsFinal);
        Assert.Contains(RecordPath, error.Message, StringComparison.Ordinal);
        Assert.Contains("restore it, or delete it once", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ln", "-s", "elsewhere")]
    [InlineData("mkfifo")]
    public async Task A_record_that_is_no_file_is_told_at_once(string command, params string[] arguments)
    {
        using var store = Open();
        await ChildProcess.OutputOfAsync(command, [.. arguments, RecordPath]);

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));

        Assert.True(error.IsFinal);
        Assert.Contains("no file that can be replaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_was_cut_off_leaves_the_record_as_it_was()
    {
        using var store = Open();
        await store.WriteAsync(Record(1), null, default);
        await File.WriteAllTextAsync(Aside(store), "{\"revision\":2,\"rec");

        Assert.Equal(1, (await store.ReadAsync(default))!.Record.Generation);
    }

    [Fact]
    public async Task A_disk_that_takes_no_more_is_a_failure_that_may_pass()
    {
        using var store = Open();
        var stored = await store.WriteAsync(Record(1), null, default);
        // What a write goes through first is a directory now: writing fails as on a full or read-only disk.
        Directory.CreateDirectory(Aside(store));

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(Record(2), stored!.Version, default));

        Assert.False(error.IsFinal);
        Assert.DoesNotContain("another process", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await store.ReadAsync(default))!.Record.Generation);
    }

    [Fact]
    public void A_directory_that_cannot_be_used_is_told_with_its_setting()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<LeaseStoreException>(() => FileLeaseStore.Open(Path.Combine(file, "below"), 7));

        Assert.True(error.IsFinal);
        Assert.Contains("DATA_DIR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_goes_on_over_it_right_after_a_crash()
    {
        var time = new FakeTimeProvider();
        long? last;
        using (var store = Open()) last = (await new Rig(store, time).HoldingAsync()).Issue();

        using var reopened = Open();
        var second = await new Rig(reopened, time, "uid-b").HoldingAsync();

        time.AdvanceMilliseconds(2 * ClockAnchor.Slack);
        Assert.InRange(second.Issue()!.Value, last!.Value + 1, last.Value + 40);
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

    [Fact]
    public async Task Of_two_that_have_it_open_each_write_is_seen_by_the_next()
    {
        var (first, second) = OpenTwice();
        using (first)
        using (second)
        {
            await first.WriteAsync(Record(0), null, default);

            var written = await Task.WhenAll(Task.Run(() => CountUpAsync(first)), Task.Run(() => CountUpAsync(second)));

            Assert.Equal(written.Sum(), (await first.ReadAsync(default))!.Record.Generation);
            Assert.All(written, count => Assert.True(count > 0));
        }

        static async Task<int> CountUpAsync(FileLeaseStore store)
        {
            var written = 0;
            var end = DateTime.UtcNow.AddSeconds(1);
            while (DateTime.UtcNow < end)
            {
                try
                {
                    var stored = await store.ReadAsync(default);
                    var next = Record(stored!.Record.Generation + 1);
                    if (await store.WriteAsync(next, stored.Version, default) is not null) written++;
                }
                catch (LeaseStoreException e) when (!e.IsFinal)
                {
                    // The other one is writing.
                }
            }

            return written;
        }
    }

    [Fact]
    public async Task A_writer_that_is_stopped_holds_up_nobody_who_reads_and_fails_who_writes()
    {
        using var store = Open();
        var stored = await store.WriteAsync(Record(1), null, default);
        await using var stopped = new FileStream(RecordPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var error = await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(Record(2), stored!.Version, default));

        Assert.False(error.IsFinal);
        Assert.Contains("another process is writing it", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await store.ReadAsync(default))!.Record.Generation);
    }

    [Fact]
    public async Task A_record_that_was_put_back_from_a_copy_has_another_version_though_it_counts_the_same()
    {
        using var store = Open();
        var first = await store.WriteAsync(Record(1), null, default);
        var copy = await File.ReadAllBytesAsync(RecordPath);
        var second = await store.WriteAsync(Record(2), first!.Version, default);
        await File.WriteAllBytesAsync(RecordPath, copy);
        await store.WriteAsync(Record(3), first.Version, default);

        Assert.Null(await store.WriteAsync(Record(4), second!.Version, default));
    }

    [Fact]
    public async Task A_crash_between_the_two_names_of_a_new_record_costs_nothing()
    {
        using var store = Open();
        var stored = await store.WriteAsync(Record(1), null, default);
        // A second name, as the crash leaves it, and a third to see what happens to the file behind them.
        var file = Path.Combine(_directory, "file");
        foreach (var name in (string[])[Aside(store), file]) await ChildProcess.OutputOfAsync("ln", RecordPath, name);

        var before = await File.ReadAllBytesAsync(file);
        await store.WriteAsync(Record(1_000_000), stored!.Version, default);

        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        Assert.Equal(1_000_000, (await store.ReadAsync(default))!.Record.Generation);
    }

    public void Dispose()
    {
        foreach (var store in _open) store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // Of many processes each but the first has to find the lock file removed.
    protected override Task<ILeaseStore> OpenAsync()
    {
        File.Delete(LockPath);
        _open.Add(Open());
        return Task.FromResult<ILeaseStore>(_open[^1]);
    }

    protected override Task<ILeaseStore> DeleteAsync(ILeaseStore store)
    {
        File.Delete(RecordPath);
        return Task.FromResult(store);
    }

    private string Aside(FileLeaseStore store) => $"{RecordPath}.{store.Lock}.new";

    private FileLeaseStore Open() => FileLeaseStore.Open(_directory, 7).Store!;

    /// <summary>Two processes, between which somebody has removed the lock file.</summary>
    private (FileLeaseStore First, FileLeaseStore Second) OpenTwice()
    {
        var first = Open();
        File.Delete(LockPath);
        return (first, Open());
    }

    private static LeaseRecord Record(long generation) => new()
    {
        Holder = new("host-a, process 4711", "uid-a"),
        Generation = generation,
        ReservedUntil = 90_000_000_000,
        Boot = new("boot", 1, 2),
        Layout = Layout.Name,
        AcquiredAt = DateTimeOffset.UnixEpoch,
        RenewedAt = DateTimeOffset.UnixEpoch,
        DurationSeconds = 60,
    };
}
