using IdGenerator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Leases.Tests;

/// <summary>A process that looks for a worker ID by itself.</summary>
public sealed class WorkerClaimTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<int, FaultyStore> _stores = Enumerable.Range(0, 4).ToDictionary(worker => worker, _ => new FaultyStore());

    [Fact]
    public async Task Takes_the_lowest_that_is_free()
    {
        Assert.Equal(0, await TakeAsync("a"));
        Assert.Equal(1, await TakeAsync("b"));
        Edit(0, record => record with { Holder = null });
        Assert.Equal(0, await TakeAsync("c"));
    }

    [Fact]
    public async Task Of_many_at_once_no_two_have_the_same()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => TakeAsync($"{i}"))));
        Assert.Equal([0, 1, 2, 3], taken.Order());
    }

    [Fact]
    public async Task A_container_that_is_started_again_keeps_the_worker_ID_and_its_mark()
    {
        await TakeAsync("other");
        var rig = await new Rig(_stores[1], _time).HoldingAsync();
        var before = _stores[1].Record;
        Assert.Equal(1, await TakeAsync(before.Holder!.Uid));
        Assert.Equal(before, _stores[1].Record);
        Assert.NotNull(rig.Issue());
    }

    [Fact]
    public async Task Nothing_is_reserved_by_a_claim_and_what_the_former_holder_had_reserved_stays_its_own()
    {
        var paused = await new Rig(_stores[0], _time, options: new() { ReserveSeconds = 60 }).HoldingAsync();
        var reserved = _stores[0].Record.ReservedUntil;
        var claim = Claim("next", new(0, 0)).TakeAsync(default);
        await PassAsync(claim, 70);

        var (worker, _) = await claim;
        Assert.Equal((0, reserved, null), (worker, _stores[0].Record.ReservedUntil, _stores[0].Record.Boot));
        var next = await new Rig(_stores[0], _time, uid: "next").HoldingAsync();
        Assert.True(_stores[0].Record.Generation == 3 && next.Issue() >= reserved);
        Assert.Null(paused.Issue());
    }

    [Fact]
    public async Task Who_finds_none_waits_for_one_that_is_given_back()
    {
        for (var worker = 0; worker < 4; worker++) await TakeAsync($"{worker}");
        var claim = Claim("late", new(0, 3)).TakeAsync(default);
        for (var i = 0; i < 100; i++)
        {
            await PassAsync(claim, 1);
            for (var worker = 0; worker < 4; worker++) Edit(worker, record => record with { Writes = record.Writes + 1 });
        }

        Assert.False(claim.IsCompleted);
        Edit(2, record => record with { Holder = null });
        await PassAsync(claim, 3);
        Assert.Equal(2, (await claim).Worker);
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_keeps_nobody_from_the_others()
    {
        _stores[0].LosesWrites = true;
        var claim = Claim("a", new(0, 3)).TakeAsync(default);
        await PassAsync(claim, 10);
        Assert.Equal(1, (await claim).Worker);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_found_and_no_second_one_is_made()
    {
        _stores[0].LosesAnswers = true;
        _stores[0].Landed = _ => _stores[0].LosesAnswers = _stores[0].Find() is { Holder: null };
        var claim = Claim("a", new(0, 1)).TakeAsync(default);
        await PassAsync(claim, 20);
        var (worker, _) = await claim;
        Assert.Equal(worker, Assert.Single(_stores.Keys, other => _stores[other].Find()?.Holder?.Uid == "a"));
    }

    [Fact]
    public async Task A_claim_is_given_back_and_nothing_else_is()
    {
        Edit(await TakeAsync("former"), record => record with { Holder = null, ReservedUntil = 5_000 });
        await TakeAsync("a");
        await WorkerClaim.GiveBackAsync(_stores[0], new("b", "b"), _time, default);
        Assert.Equal("a", _stores[0].Record.Holder!.Uid);
        await WorkerClaim.GiveBackAsync(_stores[0], new("a", "a"), _time, default);
        Assert.Equal((null, 5_000), (_stores[0].Record.Holder, _stores[0].Record.ReservedUntil));

        var rig = await new Rig(_stores[0], _time, uid: "a").HoldingAsync();
        await WorkerClaim.GiveBackAsync(_stores[0], new("a", "a"), _time, default);
        Assert.Equal("a", _stores[0].Record.Holder!.Uid);
        Assert.NotNull(rig.Issue());
    }

    [Fact]
    public async Task A_record_of_another_layout_is_a_refusal()
    {
        await TakeAsync("a");
        Edit(0, record => record with { Layout = "0/1-2-3" });
        var (worker, refusal) = await Claim("b", new(0, 3)).TakeAsync(default);
        Assert.Equal((null, RefusalReason.Layout), (worker, refusal!.Reason));
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for()
    {
        foreach (var store in _stores.Values) store.IsDown = true;
        var claim = Claim("a", new(0, 3)).TakeAsync(default);
        await PassAsync(claim, 100);
        Assert.False(claim.IsCompleted);
        foreach (var store in _stores.Values) store.IsDown = false;
        await PassAsync(claim, 5);
        Assert.Equal(0, (await claim).Worker);
    }

    [Theory]
    [InlineData("0-63", 0, 63)]
    [InlineData("7-7", 7, 7)]
    [InlineData("1000-1023", 1_000, 1_023)]
    public void A_range_is_first_and_last(string text, int first, int last) => Assert.Equal(new(first, last), WorkerRange.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5-4")]
    [InlineData("0-1024")]
    [InlineData("0-1-2")]
    [InlineData("-1-5")]
    [InlineData(" 1-5")]
    [InlineData("a-b")]
    public void What_is_no_range_is_none(string text) => Assert.Null(WorkerRange.Parse(text));

    private async Task<int?> TakeAsync(string uid) => (await Claim(uid, new(0, 3)).TakeAsync(default)).Worker;

    private WorkerClaim Claim(string uid, WorkerRange range)
    {
        // As Rig does: what is due is done when the call that moves the clock returns.
        SynchronizationContext.SetSynchronizationContext(null);
        _time.RunsInline = true;
        return new(range, new(uid, uid), worker => _stores[worker], new(), _time, NullLogger<WorkerClaim>.Instance);
    }

    private void Edit(int? worker, Func<LeaseRecord, LeaseRecord> edit) => _stores[worker!.Value].Edit(edit);

    private async Task PassAsync(Task claim, int seconds)
    {
        for (var i = 0; i < seconds && !claim.IsCompleted; i++)
        {
            _time.AdvanceMilliseconds(1_000);
            await Task.Yield();
        }
    }
}
