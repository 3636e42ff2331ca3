namespace IdGenerator.Client.Tests;

public sealed class LookaheadTests
{
    [Fact]
    public void Doubles_up_to_its_maximum_as_long_as_all_are_used()
    {
        var lookahead = new Lookahead(max: 10);
        var counts = new List<int> { lookahead.Count };
        for (var i = 0; i < 5; i++)
        {
            lookahead.WereUsed();
            counts.Add(lookahead.Count);
        }

        Assert.Equal([0, 1, 3, 7, 10, 10], counts);
    }

    [Theory]
    [InlineData(5, 10)]
    [InlineData(6, 5)]
    public void Halves_when_more_than_half_were_too_old(int unused, int expected)
    {
        var lookahead = new Lookahead(max: 10);
        for (var i = 0; i < 5; i++) lookahead.WereUsed();

        lookahead.WereTooOld(unused);

        Assert.Equal(expected, lookahead.Count);
    }
}
