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
    public async Task The_file_counts_the_writes()
    {
        using var store = Open();
        var stored = await store.WriteAsync(Record(1), null, default);
        stored = await store.WriteAsync(Record(1), stored!.Version, default);
        await store.WriteAsync(Record(1), stored!.Version, default);

        Assert.Contains("\"revision\": 3", await File.ReadAllTextAsync(RecordPath), StringComparison.Ordinal);
    }

    // A process has copies of all open files from its fork until it runs its program, and with them their locks.
    [Fact]
    public async Task Nobody_is_kept_from_writing_by_a_program_that_is_being_started()
    {
        var (mine, theirs) = OpenTwice();
        using var other = theirs;
        using var store = mine;
        var stored = await store.WriteAsync(Record(0), null, default);
        using var enough = new CancellationTokenSource();
        var programs = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested) Process.Start("true").WaitForExit();
        });
        try
        {
            for (var generation = 1; generation <= 2_000; generation++)
            {
                Assert.Null(await other.WriteAsync(Record(generation), "an old version", default));
                stored = await store.WriteAsync(Record(generation), stored!.Version, default);
                Assert.NotNull(stored);
            }
        }
        finally
        {
            await enough.CancelAsync();
            await programs;
        }
    }

    [Fact]
    public void A_directory_that_is_not_there_is_made()
    {
        var (store, _) = FileLeaseStore.Open(Path.Combine(_directory, "a", "b"), 7);

        store!.Dispose();
        Assert.True(File.Exists(Path.Combine(_directory, "a", "b", "worker-7.lock")));
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
        Assert.Contains("Set the data directory to one", error.Message, StringComparison.Ordinal);
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

    private static LeaseRecord Record(long generation) => Records.Any with { Generation = generation };
}
