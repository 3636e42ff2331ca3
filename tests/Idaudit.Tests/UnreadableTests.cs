using System.Text;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class UnreadableTests
{
    [Theory]
    [InlineData("""{"ids":["7","8"],"x":{}}""")]
    [InlineData("""{"id":"7"}""")]
    [InlineData("""{"ranges":[{"first":"7","count":2}]}""")]
    [InlineData("""["77",{"ids":["8"]}]""")]
    [InlineData("\"77\"")]
    public void A_json_body_is_told_to_be_cut_wherever_it_is_cut(string body)
    {
        for (var length = 1; length < body.Length; length++)
        {
            var stream = Assert.Single(OfText(body[..length]).Streams);
            Assert.True(stream.IsCut, body[..length]);
            Assert.NotNull(stream.Problem);
        }

        Assert.Null(Assert.Single(OfText(body).Streams).Problem);
    }

    [Fact]
    public void Digits_without_a_line_feed_are_no_id_but_a_cut()
    {
        var report = OfText("77\n78\n7");

        Assert.Equal(2, report.Ids);
        Assert.True(Assert.Single(report.Streams).IsCut);
    }

    [Fact]
    public void Binary_ids_of_fewer_than_eight_bytes_are_a_cut()
    {
        var report = Of(new(), Format.Binary, new byte[12]);

        Assert.Equal(1, report.Ids);
        Assert.True(Assert.Single(report.Streams).IsCut);
    }

    [Theory]
    [InlineData("""{"ids":["7",]}""")]
    [InlineData("""{"ids":["7"}""")]
    [InlineData("""{"ids":"7"}""")]
    [InlineData("""{"ids":[["7"]]}""")]
    [InlineData("""{"ids":[{"id":"7"}]}""")]
    [InlineData("""[["7"]]""")]
    [InlineData("""[{"id":"7"},{"name":"x"}]""")]
    [InlineData("""[{"ids":"7"}]""")]
    [InlineData("""{"error":"Count must be at least 1"}""")]
    [InlineData("""{"id":"7"}{"error":"Not found"}""")]
    [InlineData("""{"ranges":[{"first":"7"}]}""")]
    [InlineData("""{"ranges":[{"first":"7","count":1},{"count":1}]}""")]
    [InlineData("""{"ranges":[{"first":"7","count":0}]}""")]
    [InlineData("""{"ranges":[{"first":"9223372036854775807","count":2}]}""")]
    [InlineData("""{"ranges":["7"]}""")]
    [InlineData("""{"id":"7"} nonsense""")]
    public void Json_that_is_not_ids_is_an_error_and_not_a_cut(string body)
    {
        var report = OfText(body);

        Assert.NotNull(Assert.Single(report.Streams).Problem);
        Assert.False(Assert.Single(report.Streams).IsCut);
        Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: true));
    }

    [Fact]
    public void A_cut_stream_leaves_no_verdict_unless_cuts_are_allowed()
    {
        var report = OfText("7\n8\n", "9\n10");

        Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: false));
        Assert.Equal(Verdict.Clean, Verdicts.Of(report, allowCut: true));
    }

    [Fact]
    public void No_ids_at_all_are_no_verdict() => Assert.Equal(Verdict.NoVerdict, Verdicts.Of(OfText(""), allowCut: true));

    [Fact]
    public void A_value_of_more_than_a_mebibyte_is_an_error()
    {
        var report = Of(new(), Format.Text, Encoding.ASCII.GetBytes(new string('7', 2 << 20)));

        Assert.False(Assert.Single(report.Streams).IsCut);
    }
}
