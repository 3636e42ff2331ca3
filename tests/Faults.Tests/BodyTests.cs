using System.Text;

namespace IdGenerator.Faults.Tests;

public sealed class BodyTests
{
    [Theory]
    [InlineData(null, """{"id":"378432687628619776"}""", new[] { 378432687628619776 })]
    [InlineData("application/json", """{"ids":["1","2","3"]}""", new long[] { 1, 2, 3 })]
    [InlineData("application/json", """{"ids":["1","2","3""", new long[] { 1, 2 })]
    [InlineData("application/x-ndjson", "\"1\"\n\"23\"\n\"4", new long[] { 1, 23 })]
    [InlineData("text/plain", "1\n2\n34", new long[] { 1, 2 })]
    [InlineData(Ask.Ranges, """{"ranges":[{"first":"10","count":3},{"first":"20","count":2}]}""", new long[] { 10, 11, 12, 20, 21 })]
    [InlineData(Ask.Ranges, """{"ranges":[{"first":"10","count":3},{"first":"20","count":2""", new long[] { 10, 11, 12 })]
    public void Of_a_body_that_may_be_cut_the_IDs_count_that_came_whole(string? mediaType, string body, long[] expected)
    {
        var ids = new List<long>();
        Body.Read(mediaType, Encoding.UTF8.GetBytes(body), ids);
        Assert.Equal(expected, ids);
    }

    [Fact]
    public void Binary_IDs_count_that_have_all_their_eight_bytes()
    {
        var ids = new List<long>();
        Body.Read(Ask.Binary, [1, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0], ids);
        Assert.Equal([1, 258], ids);
    }
}
