namespace IdGenerator.Client.Tests;

public sealed class ReaderPaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(16 * 4_096, 32.0, true)]
    [InlineData(16 * 4_096, 32.1, false)]
    [InlineData((16 * 4_096) - 1, 0, false)]
    [InlineData(16 * 4_096, 0, true)]
    [InlineData(0, 0, false)]
    public void A_reader_is_fast_that_takes_many_IDs_at_more_than_half_of_the_pace_of_a_worker(int read, double milliseconds, bool isFast)
    {
        var pace = new ReaderPace();

        pace.Note(read, TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(isFast, pace.IsFast);
    }

    [Fact]
    public void One_that_takes_a_few_thousand_and_pauses_never_is()
    {
        var pace = new ReaderPace();
        for (var burst = 0; burst < 100; burst++)
        {
            pace.Note(20_000, TimeSpan.FromMilliseconds(1));
            Assert.False(pace.IsFast);
            pace.Note(1, Second);
        }
    }

    [Fact]
    public void A_pause_of_a_moment_on_the_way_there_is_forgiven()
    {
        var pace = new ReaderPace();
        pace.Note(4_096, TimeSpan.FromMilliseconds(19));
        for (var batch = 0; batch < 16; batch++) pace.Note(4_096, TimeSpan.Zero);

        Assert.True(pace.IsFast);
    }

    [Fact]
    public void A_fast_reader_may_pause_for_a_moment()
    {
        var pace = new ReaderPace();
        pace.Note(ReaderPace.Evidence, TimeSpan.Zero);

        pace.Note(1, TimeSpan.FromMilliseconds(19));
        Assert.True(pace.IsFast);
        pace.Note(4_096, TimeSpan.FromMilliseconds(1));
        Assert.False(pace.IsFast);
    }

    [Fact]
    public void What_it_took_long_ago_does_not_count()
    {
        var pace = new ReaderPace();
        for (var batch = 0; batch < 100; batch++) pace.Note(ReaderPace.Evidence, TimeSpan.Zero);

        pace.Note(1, TimeSpan.FromMilliseconds(100));

        Assert.False(pace.IsFast);
    }

    [Fact]
    public void Where_there_is_nothing_to_read_it_has_to_show_its_pace_again()
    {
        var pace = new ReaderPace();
        pace.Note(ReaderPace.Evidence, TimeSpan.Zero);

        pace.Note(0, TimeSpan.Zero);

        Assert.False(pace.IsFast);
    }
}
