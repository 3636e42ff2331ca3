using System.Reflection;
using IdGenerator.Http.Hosting;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Silo.Tests;

public sealed class LeaveOrEndTests
{
    [Fact]
    public async Task A_table_that_nobody_understands_does_not_end_the_watch_over_a_stop()
    {
        var time = new FakeTimeProvider();
        using var host = new HostBuilder().Build();
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var table = DispatchProxy.Create<IMembershipTable, Unreadable>();
        var watch = new LeaveOrEnd(table, lifetime, new ProcessExit(lifetime, host.Services, NullLogger<ProcessExit>.Instance), time);

        await watch.StopAsync(default);
        for (var second = 1; second <= 3; second++)
        {
            await time.UntilTimersAsync();
            Assert.Equal(second, ((Unreadable)table).Reads);
            time.AdvanceMilliseconds(1_000);
        }

        await host.StopAsync(); // Else it would watch for ever.
    }

    public class Unreadable : DispatchProxy
    {
        public int Reads { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Reads++;
            return Task.FromException<MembershipTableData>(new FormatException("no address"));
        }
    }
}
