using IdGenerator.Membership;
using IdGenerator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Silo.Tests;

/// <summary>Orleans asks once for the table at the start of a silo, and ends the process where that fails.</summary>
public sealed class StartBesideAnOutageTests
{
    [Fact]
    public async Task A_silo_that_starts_beside_a_store_that_does_not_answer_waits_for_it()
    {
        var time = new FakeTimeProvider();
        var store = new SilentStore { Failures = 3 };
        var starting = new MembershipTable(store, leases: null, alive: null, time, NullLogger<MembershipTable>.Instance).InitializeMembershipTableAsync(true);
        while (!starting.IsCompleted)
        {
            await Task.Yield();
            time.AdvanceMilliseconds(1_000);
        }

        await starting;
        Assert.Equal(4, store.Reads);
    }

    [Fact]
    public async Task A_store_that_may_not_be_used_is_told_at_once()
    {
        var store = new SilentStore { Failures = int.MaxValue, Failure = new MembershipException("The role lacks a verb.") };
        var table = new MembershipTable(store, leases: null, alive: null, new FakeTimeProvider(), NullLogger<MembershipTable>.Instance);

        await Assert.ThrowsAsync<MembershipException>(() => table.InitializeMembershipTableAsync(true));
        Assert.Equal(1, store.Reads);
    }

    /// <summary>A store that fails some reads before it answers.</summary>
    private sealed class SilentStore : IMembershipStore
    {
        public required int Failures { get; init; }

        public Exception Failure { get; init; } = new TimeoutException("no answer");

        public int Reads { get; private set; }

        public string Cluster => "blue";

        public string Subject => "The table";

        public Task<MembershipDocument?> ReadAsync(bool cached, CancellationToken cancellation) => ++Reads <= Failures
            ? throw Failure
            : Task.FromResult<MembershipDocument?>(new("uid", "blue", 5, new Dictionary<string, MembershipRow>()));

        public Task<bool> CreateAsync(int version, IReadOnlyCollection<MembershipRow> rows, CancellationToken cancellation) => Task.FromResult(false);

        public Task<bool> ChangeAsync(MembershipDocument over, MembershipChange change, CancellationToken cancellation) => Task.FromResult(false);

        public Task<bool> SayAliveAsync(string address, DateTime utc, CancellationToken cancellation) => Task.FromResult(false);
    }
}
