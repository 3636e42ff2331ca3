using IdGenerator.Testing;

namespace IdGenerator.Snowflake.Tests;

/// <summary>Time at whose reading something happens: what another thread would do between two steps of a method.</summary>
internal sealed class StirredTime : TimeProvider
{
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Runs each time just after the wall clock was read.</summary>
    public Action OnRead { get; set; } = () => { };

    public override long TimestampFrequency => Clock.TimestampFrequency;

    public override long GetTimestamp() => Clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        var now = Clock.GetUtcNow();
        OnRead();
        return now;
    }
}
