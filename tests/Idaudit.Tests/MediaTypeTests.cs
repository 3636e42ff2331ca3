using System.Text;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("""{"ids":["7","8","9"]}""")]
    [InlineData("""{"ids":[7,8,9]}""")]
    [InlineData("""{"id":"7"}{"id":"8"}{"id":"9"}""")]
    [InlineData("{\"id\":\"7\"}\n{\"id\":\"8\"}\r\n{\"ids\":[ \"9\" ]}\n")]
    [InlineData("""{"ranges":[{"first":"7","count":2},{"count":1,"first":"9"}]}""")]
    [InlineData("""{"worker_id":1,"id":"7","more":{"ids":["5"]}} {"more":["5"],"ids":["8","9"]}""")]
    [InlineData("\"7\"\n\"8\"\n\"9\"\n")]
    [InlineData("""["7",8,"9"]""")]
    [InlineData("""[{"id":"7","more":[{"id":"5"}]}, {"id":8},{"ids":["9"]}]""")]
    [InlineData("[\"7\"]\n{\"name\":\"5\",\"id\":\"8\"}\n[{\"ranges\":[{\"first\":\"9\",\"count\":1}]}]\n")]
    [InlineData("7\n8\n9\n")]
    [InlineData(" 7\n8 \r\n\t9\t\n")]
    [InlineData("\uFEFF7\n8\n9\n")]
    [InlineData("\uFEFF{\"ids\":[7,8,9]}")]
    [InlineData("7\r\n\r\n8\r\n9\r\n")]
    public void Every_text_media_type_is_recognised_and_read(string body)
    {
        var report = OfText(body, "8\n");

        Assert.All(report.Streams, stream => Assert.Null(stream.Problem));
        Assert.Equal([3, 1], report.Streams.Select(stream => stream.Ids));
        Assert.Equal([new("a", 2), new("b", 1)], Assert.Single(report.Duplicates.Examples).Seen);
        Assert.Equal(0, report.Invalid.Count);
    }

    [Fact]
    public void Binary_ids_are_recognised_and_read()
    {
        // The first byte alone could be a digit of a text.
        var first = Id(50_000_000_000, sequence: '7');
        byte[] bytes = [.. BitConverter.GetBytes(first), .. BitConverter.GetBytes(Id(50_000_000_001))];

        var report = Of(new(), Format.Auto, bytes);

        Assert.Equal(Format.Binary, Assert.Single(report.Streams).Format);
        Assert.Equal(2, report.Ids);
    }

    [Fact]
    public void A_body_of_many_pieces_is_read_like_one_of_few()
    {
        var ids = Enumerable.Range(0, 60_000).Select(index => Id(50_000_000_000) + index).ToArray();
        var json = $$"""{"ids":["{{string.Join("\",\"", ids)}}"]}""";
        byte[] binary = [.. ids.SelectMany(BitConverter.GetBytes)];

        var report = Of(new(), Format.Auto, Encoding.ASCII.GetBytes(json), Encoding.ASCII.GetBytes(Lines(ids)), binary);

        Assert.Equal([Format.Json, Format.Text, Format.Binary], report.Streams.Select(stream => stream.Format));
        Assert.Equal(180_000, report.Ids);
        Assert.Equal(60_000, report.Duplicates.Ids);
        Assert.Equal(Verdict.Violations, Verdicts.Of(report, allowCut: false));
    }

    [Theory]
    [InlineData("-5\n", "-5")]
    [InlineData("9223372036854775808\n", "9223372036854775808")]
    [InlineData("1.0\n", "1.0")]
    [InlineData("{\"id\":\"1e3\"}", "1e3")]
    [InlineData("{\"ids\":[null]}", "null")]
    [InlineData("\"\"", "")]
    [InlineData("no\u0007id\n", "no?id")]
    public void What_is_no_id_is_an_invalid_value(string body, string shown)
    {
        var format = body[0] is '{' or '"' ? Format.Json : Format.Text;

        var report = Of(new(), format, Encoding.ASCII.GetBytes(body));

        Assert.Equal(new Finding(shown, new("a", 0), "is no ID"), Assert.Single(report.Invalid.Examples));
        Assert.Equal(Verdict.Violations, Verdicts.Of(report, allowCut: false));
    }

    [Fact]
    public void A_negative_binary_number_is_an_invalid_value()
    {
        var report = Of(new(), Format.Binary, BitConverter.GetBytes(-5L));

        Assert.Equal("-5", Assert.Single(report.Invalid.Examples).Value);
    }
}
