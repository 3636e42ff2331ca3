using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>One memory image that runs twice: a virtual machine's snapshot, a checkpoint. Both copies have one UID and one term.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();
    private Rig _rig = null!;
    private Task<LeaseRefusal?> _holding = null!;

    public async Task InitializeAsync()
    {
        _rig = await new Rig(_store, _time).HoldingAsync();
        _holding = _rig.Lease.HoldAsync(default);
        await _time.UntilTimersAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Ends_at_its_next_renewal_where_the_other_copy_has_renewed()
    {
        _store.Edit(record => record with { Writes = record.Writes + 1, Token = "of the other copy" });

        _time.AdvanceMilliseconds(15_000);

        var refusal = await _holding.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("another copy of this very process", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(_rig.Issue());
    }

    [Fact]
    public async Task Does_not_take_the_other_copys_write_for_its_own_whose_answer_was_lost()
    {
        _store.IsSlow = true;
        _time.AdvanceMilliseconds(15_000);
        await _time.UntilTimersAsync();
        _store.IsSlow = false;
        _store.Edit(record => record with { Writes = record.Writes + 1, Token = "of the other copy" });

        _time.AdvanceMilliseconds(5_000);

        Assert.NotNull(await _holding.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Gives_nothing_back_that_the_other_copy_holds()
    {
        using var stop = new CancellationTokenSource();
        _store.Edit(record => record with { Writes = record.Writes + 1, Token = "of the other copy" });

        await _rig.Lease.ReleaseAsync(default);

        Assert.NotNull(_store.Record.Holder);
    }

    [Fact]
    public async Task Goes_on_where_somebody_has_only_annotated_the_record()
    {
        _store.Edit(record => record);

        _time.AdvanceMilliseconds(15_000);
        await _time.UntilTimersAsync();
        _time.AdvanceMilliseconds(5_000);
        await _time.UntilTimersAsync();

        Assert.False(_holding.IsCompleted);
        Assert.Equal(_store.Record.ReservedUntil, _rig.Generator.Until);
    }
}
