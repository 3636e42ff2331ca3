namespace IdGenerator.Snowflake.Tests;

public sealed class BulkGateTests
{
    [Fact]
    public void As_many_enter_as_may_and_who_is_turned_away_takes_no_place()
    {
        var gate = new BulkGate(2);

        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => gate.TryEnter()));
        Assert.Equal(2, gate.Running);
        gate.Leave();

        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => gate.TryEnter()));
        Assert.Equal(2, gate.Running);
    }
}
