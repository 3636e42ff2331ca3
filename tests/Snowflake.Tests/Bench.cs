using IdGenerator.Testing;

namespace IdGenerator.Snowflake.Tests;

/// <summary>A generator on a clock that the test moves, admitted from now on for as long as the 41 bits last.</summary>
internal sealed class Bench
{
    public Bench(ClockLimits? limits = null, bool rollingStart = true, long until = long.MaxValue)
        : this(new FakeTimeProvider(), limits, rollingStart, until)
    {
    }

    public Bench(FakeTimeProvider time, ClockLimits? limits = null, bool rollingStart = true, long until = long.MaxValue)
    {
        Time = time;
        // Short, so that steps of seconds go beyond it.
        Limits = limits ?? new() { MaxLead = 1_000 };
        Clock = new(time, Limits, () => Suspended);
        Generator = new(Clock, rollingStart);
        var anchor = Clock.Start(floor: 0);
        Generator.Adopt(anchor);
        Generator.Admit(anchor.Logical, until);
    }

    public FakeTimeProvider Time { get; }

    /// <summary>For how many milliseconds the host has been suspended.</summary>
    public long Suspended { get; set; }

    public ClockLimits Limits { get; }

    public LogicalClock Clock { get; }

    public SlotGenerator Generator { get; }

    /// <summary>What a renewal of the lease does to the clock.</summary>
    public ClockProposal Renew(long patience = 20_000)
    {
        var proposal = Clock.Propose(patience);
        Generator.Adopt(proposal.Anchor);
        return proposal;
    }

    public SlotRange Reserve(int count, long? since = null)
    {
        var status = Generator.TryReserve(count, since, out var range);
        Assert.Equal(ReserveStatus.Reserved, status);
        return range;
    }

    public ReserveStatus Refused()
    {
        var status = Generator.TryReserve(1, since: null, out var range);
        Assert.Equal(0, range.Count);
        return status;
    }

    public static Bench At(DateTimeOffset start, long until = long.MaxValue) =>
        new(new FakeTimeProvider(start), until: until);
}
