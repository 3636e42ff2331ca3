namespace IdGenerator.Faults.Tests;

public sealed class RealTimeOrderTests
{
    [Fact]
    public void Requests_one_after_the_other_with_rising_IDs_are_in_order() =>
        Assert.Empty(RealTimeOrder.Violations([new(1, 2, 10, 19), new(3, 4, 20, 20), new(5, 9, 21, 40)]));

    [Fact]
    public void Requests_that_overlap_may_get_IDs_in_any_order() =>
        Assert.Empty(RealTimeOrder.Violations([new(1, 10, 30, 39), new(2, 3, 20, 20), new(10, 11, 25, 25)]));

    [Fact]
    public void A_request_that_began_after_a_higher_ID_had_been_received_is_found_whatever_came_in_between()
    {
        Served high = new(1, 2, 50, 60), between = new(3, 4, 20, 21), late = new(5, 6, 55, 55);

        Assert.Equal([(high, between), (high, late)], RealTimeOrder.Violations([late, high, between]));
    }

    [Fact]
    public void The_same_ID_twice_is_out_of_order() =>
        Assert.Single(RealTimeOrder.Violations([new(1, 2, 7, 7), new(3, 4, 7, 7)]));

    [Fact]
    public void Random_requests_are_judged_as_by_comparing_every_pair()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var served = Enumerable.Range(0, 30).Select(_ =>
            {
                var (began, first) = (random.Next(40), random.Next(60));
                return new Served(began, began + random.Next(6), first, first + random.Next(4));
            }).ToList();

            var pairwise = served.Count(late => served.Any(early => early.Ended < late.Began && early.Last >= late.First));

            Assert.Equal(pairwise, RealTimeOrder.Violations(served).Count());
        }
    }
}
