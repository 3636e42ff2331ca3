namespace IdGenerator.Client.Tests;

public sealed class ReaderPaceTests
{
    [Theory]
    [InlineData(4_096, 2.0, true)]
    [InlineData(4_096, 2.1, false)]
    [InlineData(1, 0, true)]
    [InlineData(0, 0, false)]
    public void A_reader_is_fast_that_takes_more_than_half_of_what_a_worker_gives(int read, double milliseconds, bool isFast)
    {
        var pace = new ReaderPace();

        pace.Note(read, TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(isFast, pace.IsFast);
    }

    [Fact]
    public void A_fast_reader_may_pause_for_a_moment()
    {
        var pace = new ReaderPace();
        pace.Note(4_096, TimeSpan.FromMilliseconds(1));

        pace.Note(1, TimeSpan.FromMilliseconds(19));
        Assert.True(pace.IsFast);
        pace.Note(4_096, TimeSpan.FromMilliseconds(1));
        Assert.False(pace.IsFast);
    }

    [Fact]
    public void What_it_took_long_ago_does_not_count()
    {
        var pace = new ReaderPace();
        for (var batch = 0; batch < 100; batch++) pace.Note(4_096, TimeSpan.FromMilliseconds(1));

        pace.Note(1, TimeSpan.FromMilliseconds(100));

        Assert.False(pace.IsFast);
    }

    [Fact]
    public void Where_there_is_nothing_to_read_it_has_to_show_its_pace_again()
    {
        var pace = new ReaderPace();
        pace.Note(4_096, TimeSpan.Zero);

        pace.Note(0, TimeSpan.Zero);

        Assert.False(pace.IsFast);
    }
}
