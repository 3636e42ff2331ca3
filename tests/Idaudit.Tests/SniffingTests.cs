using System.Text;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class SniffingTests
{
    private static readonly long Now = (long)(DateTimeOffset.UtcNow - Layout.Epoch).TotalMilliseconds;

    [Theory]
    [InlineData("1F8B0800000000000003", "gzip", "zcat")]
    [InlineData("28B52FFD0458A1000031", "zstd", "zstdcat")]
    [InlineData("FD377A585A000004E6D6", "xz", "xzcat")]
    [InlineData("425A6839314159265359", "bzip2", "bzcat")]
    [InlineData("504B03041400000008000000", "zip", "unzip -p")]
    [InlineData("FFFE31000A00", "UTF-16", "iconv -f UTF-16LE")]
    [InlineData("FEFF0031000A", "UTF-16", "iconv -f UTF-16BE")]
    [InlineData("31000A00", "UTF-16", "iconv -f UTF-16LE")]
    [InlineData("0031000A", "UTF-16", "iconv -f UTF-16BE")]
    public void What_has_to_be_unpacked_or_converted_is_named_with_the_command_for_it(string bytes, string name, string command)
    {
        foreach (var format in (Format[])[Format.Auto, Format.Text, Format.Json, Format.Csv])
        {
            var report = Of(new(), format, Convert.FromHexString(bytes));

            Assert.Contains($"it is {name}: ", Assert.Single(report.Streams).Problem, StringComparison.Ordinal);
            Assert.Contains(command, report.Streams[0].Problem, StringComparison.Ordinal);
            Assert.Null(report.Streams[0].Format);
            Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: true));
        }
    }

    [Fact]
    public void An_error_page_is_no_list_of_invalid_ids()
    {
        var report = OfText("<html>\n<h1>502 Bad Gateway</h1>\n</html>\n");

        Assert.Equal("it is XML or HTML, which is not read", Assert.Single(report.Streams).Problem);
        Assert.Equal(0, report.Invalid.Count);
    }

    [Fact]
    public void Binary_ids_of_this_moment_are_taken_for_what_they_are() =>
        Assert.Equal(Format.Binary, Assert.Single(OfGuess(Id(1L << 34), Id(Now)).Streams).Format);

    [Fact]
    public void Bytes_that_no_worker_can_have_issued_until_now_are_not_taken_for_ids()
    {
        Refused(OfGuess(Id(Now), Id(Now + 2 * 86_400_000)));
        Refused(OfGuess(Id(Now), -1));
        Refused(OfGuess(Id(Now), (1L << 56) - 1));
        Refused(OfGuess(0, 0, 0));
    }

    [Fact]
    public void Bytes_that_are_no_whole_number_of_ids_are_not_taken_for_ids()
    {
        byte[] bytes = [.. BitConverter.GetBytes(Id(Now)), 1, 2, 3];

        Refused(Of(new(), Format.Auto, bytes));
        Assert.True(Assert.Single(Of(new(), Format.Binary, bytes).Streams).IsCut);
    }

    [Fact]
    public void What_is_said_to_be_binary_is_read_as_binary_whatever_it_looks_like()
    {
        var report = Of(new(), Format.Binary, BitConverter.GetBytes(0x0000_0000_0008_8B1FL));

        Assert.Equal(1, report.Ids);
        Assert.Equal(Verdict.Clean, Verdicts.Of(report, allowCut: false));
    }

    [Theory]
    [InlineData("größe\n1\n")]
    [InlineData("größe\n1\n", true)]
    public void Text_beyond_ascii_is_text(string text, bool isLatin1 = false)
    {
        var bytes = isLatin1 ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);

        Assert.Equal(1, Of(new(), Format.Auto, bytes).Ids);
    }

    private static Report OfGuess(params IEnumerable<long> ids) =>
        Of(new() { Ordered = false }, Format.Auto, [.. ids.SelectMany(BitConverter.GetBytes)]);

    private static void Refused(Report report)
    {
        var problem = Assert.Single(report.Streams).Problem;
        Assert.StartsWith("it is neither text nor plausible as binary IDs", problem, StringComparison.Ordinal);
        Assert.Equal(0, report.Ids);
        Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: true));
    }
}
