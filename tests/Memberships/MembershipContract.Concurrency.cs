namespace IdGenerator.Memberships;

/// <summary>Many silos at once.</summary>
public abstract partial class MembershipContract
{
    [Fact]
    public virtual async Task Thirty_that_join_at_once_all_have_a_row_and_a_version()
    {
        var tables = await TablesAsync();
        var first = (await (await tables.StartAsync()).ReadAllAsync()).Version.Version;
        var start = TimeProvider.System.GetTimestamp();
        var versions = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => tables.New().JoinAsync(Silos.Number(i))));
        output.WriteLine(
            $"30 inserts: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s, {tables.Conflicts} conflicting writes");
        Assert.Equal(Enumerable.Range(first + 1, 30), versions.Order());
        var read = await tables.New().ReadAllAsync();
        Assert.Equal((first + 30, 30), (read.Version.Version, read.Members.Count));
    }

    [Fact]
    public virtual async Task Of_many_that_change_a_row_at_once_each_changes_it_once()
    {
        var tables = await TablesAsync();
        var silo = Silos.Number(1);
        var joined = await (await tables.StartAsync()).JoinAsync(silo);
        var versions = await Task.WhenAll(Enumerable.Range(1, 12).Select(i =>
            tables.New().ChangeAsync(silo.SiloAddress, row => row.AddSuspector(Silos.Number(i).SiloAddress, Silos.Now))));
        output.WriteLine($"12 updates of one row: {tables.Conflicts} conflicting writes");
        Assert.Equal(Enumerable.Range(joined + 1, 12), versions.Order());
        Assert.Equal(12, (await tables.New().FindAsync(silo.SiloAddress))!.SuspectTimes!.Count);
    }

    [Fact]
    public virtual async Task A_write_is_not_disturbed_by_silos_that_say_they_are_alive()
    {
        var tables = await TablesAsync();
        var table = await tables.StartAsync();
        for (var i = 0; i < 4; i++) await table.JoinAsync(Silos.Number(i));
        using var done = new CancellationTokenSource();
        var said = 0;
        var storm = Enumerable.Range(0, 4).Select(async i =>
        {
            var alive = Silos.Number(i);
            while (!done.IsCancellationRequested)
            {
                alive.IAmAliveTime = Silos.Now.AddTicks(Interlocked.Increment(ref said));
                await tables.New().UpdateIAmAliveAsync(alive);
                // About 300 a second: eight times what 1,024 silos say.
                await Task.Delay(10);
            }
        }).ToArray();
        for (var i = 4; i < 24; i++)
            Assert.True(await table.InsertRowAsync(Silos.Number(i), (await table.ReadAllAsync()).Version.Next()));
        await done.CancelAsync();
        await Task.WhenAll(storm);
        output.WriteLine($"20 inserts, {said} times alive: {tables.Conflicts} conflicting writes, none of them false");
        Assert.Equal(24, (await table.ReadAllAsync()).Members.Count);
        Assert.NotEqual(0, said);
    }
}
