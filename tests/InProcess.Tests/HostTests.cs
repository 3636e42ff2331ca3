using IdGenerator.Testing;

namespace IdGenerator.InProcess.Tests;

/// <summary>Processes of one host, with their records in files.</summary>
public sealed class HostTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task A_second_host_with_the_worker_id_does_not_start_and_says_who_has_it()
    {
        await using var first = await Of(1).StartAsync();
        await using var second = Of(1);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync());

        Assert.StartsWith($"Worker ID 1 is held by {Environment.MachineName}, process {Environment.ProcessId} ", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, first.Worker());
    }

    [Fact]
    public async Task A_server_of_the_same_host_and_id_space_keeps_its_worker_id()
    {
        await using var server = await ServiceProcess.Start("Gateway", [("WORKER_ID", "1"), .. _scratch.Variables]).ReadyAsync();
        await using var service = Of(1);
        await using var other = await Of(2).StartAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync());

        Assert.Contains($"process {server.Id} ", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, other.Worker());
    }

    [Fact]
    public async Task After_a_stop_another_host_has_the_worker_id_at_once_and_goes_on_above_its_ids()
    {
        var last = 0L;
        for (var life = 0; life < 3; life++)
        {
            await using var service = await Of(1).StartAsync();
            var ids = await service.Ids.NextAsync(5_000);
            Assert.True(ids[0] > last);
            last = ids.Max();
        }
    }

    [Fact]
    public async Task After_a_start_that_failed_the_worker_id_is_free()
    {
        await using (var failing = Service.Of(Configure(1), before: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionHostedServiceExtensions
            .AddHostedService<Failing>(services)))
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => failing.StartAsync());
        }

        await using var service = await Of(1).StartAsync();
        Assert.Equal(1, service.Worker());
    }

    [Fact]
    public async Task Of_several_worker_ids_the_lowest_free_one_is_taken()
    {
        await using var first = await Any().StartAsync();
        await using var second = await Any().StartAsync();
        await using var third = await Any().StartAsync();
        Assert.Equal([3, 4, 5], new[] { first.Worker(), second.Worker(), third.Worker() });

        await second.StopAsync();
        await using var fourth = await Any().StartAsync();

        Assert.Equal(4, new SnowflakeId(await fourth.Ids.NextAsync()).Worker);
    }

    [Fact]
    public async Task One_whose_record_is_in_another_directory_is_passed_over()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_scratch.Directory, "elsewhere")).FullName;
        await using (var before = await Service.Of(Configure(3) + (options => options.DataDirectory = elsewhere)).StartAsync()) Assert.Equal(3, before.Worker());

        await using var service = await Any().StartAsync();

        Assert.Equal(4, service.Worker());
    }

    [Fact]
    public async Task Where_none_is_free_a_host_starts_without_ids_and_takes_the_one_that_is_given_back()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var first = await Any("3-3").StartAsync();
        await using var second = Any("3-3", time, TimeSpan.Zero);
        await second.StartAsync();
        await Assert.ThrowsAsync<IdsUnavailableException>(async () => await second.Ids.NextAsync());

        await first.StopAsync();
        var deadline = Environment.TickCount64 + 30_000;
        while (!second.Ids.TryNext(out _) && Environment.TickCount64 < deadline)
        {
            await time.UntilTimersAsync();
            time.AdvanceMilliseconds(100);
        }

        Assert.Equal(3, second.Worker());
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_fails_the_start_with_its_name_and_leaves_the_worker_id_free()
    {
        var file = Path.Combine(_scratch.Directory, "file");
        await File.WriteAllTextAsync(file, "");
        await using var service = Service.Of(options => (options.WorkerId, options.IdSpace, options.DataDirectory) = (1, _scratch.IdSpace, $"{file}/below"));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync());

        Assert.StartsWith($"{file}/below cannot be used: ", error.Message, StringComparison.Ordinal);
        await using var other = await Of(1).StartAsync();
        Assert.Equal(1, other.Worker());
    }

    public void Dispose() => _scratch.Dispose();

    private Service Of(int worker) => Service.Of(Configure(worker));

    private Action<InProcessIdGeneratorOptions> Configure(int worker) =>
        options => (options.WorkerId, options.IdSpace, options.DataDirectory) = (worker, _scratch.IdSpace, _scratch.Directory);

    private Service Any(string workers = "3-5", TimeProvider? time = null, TimeSpan? wait = null) => Service.Of(
        options =>
        {
            (options.WorkerIds, options.IdSpace, options.DataDirectory) = (workers, _scratch.IdSpace, _scratch.Directory);
            options.WaitAtStart = wait ?? options.WaitAtStart;
        },
        time);

    private sealed class Failing : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
