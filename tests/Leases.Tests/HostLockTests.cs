using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class HostLockTests
{
    private readonly string _space = Scratch.NewIdSpace();

    [Fact]
    public void Who_comes_second_is_told_which_process_has_the_worker_id()
    {
        Assert.Null(HostLock.TakeWorker(_space, 9));

        var holder = HostLock.TakeWorker(_space, 9);

        Assert.StartsWith($"{Environment.MachineName}, process {Environment.ProcessId} (user ", holder, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_worker_id_and_another_id_space_are_free()
    {
        Assert.Null(HostLock.TakeWorker(_space, 9));
        Assert.Null(HostLock.TakeWorker(_space, 10));
        Assert.Null(HostLock.TakeWorker(Scratch.NewIdSpace(), 9));
    }

    [Fact]
    public void The_longest_names_fit()
    {
        var space = _space.PadRight(40, '-');
        Assert.Null(HostLock.TakeWorker(space, 1_023));
        Assert.NotNull(HostLock.TakeWorker(space, 1_023));
    }

    [Fact]
    public void A_pod_has_one_process()
    {
        var podUid = $"{Guid.NewGuid()}";
        Assert.Null(HostLock.TakePod(podUid));
        Assert.Contains($"process {Environment.ProcessId} ", HostLock.TakePod(podUid), StringComparison.Ordinal);
    }

    [Fact]
    public void However_many_ask_each_is_told()
    {
        Assert.Null(HostLock.TakeWorker(_space, 9));

        // More than the kernel keeps waiting for a holder that accepts none (net.core.somaxconn, 4,096).
        for (var asker = 0; asker < 5_000; asker++)
            Assert.Contains($"process {Environment.ProcessId} ", HostLock.TakeWorker(_space, 9), StringComparison.Ordinal);
    }
}
