using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class TableTests
{
    [Theory]
    [InlineData("name,id\na,7\nb,8\nc,9\n")]
    [InlineData("name;id\r\na;7\r\n\r\nb;8\r\nc;9\r\n")]
    [InlineData("name|id\na|7\nb|8\nc|9\n")]
    [InlineData("name\tid\na\t7\nb\t8\nc\t9\n")]
    [InlineData(" name , id \n a , 7 \n b , 8 \n c , 9 \n")]
    [InlineData("\"name\",\"id\"\n\"a\",\"7\"\n \"b\" , \"8\" \n\"c\",\" 9 \"\n")]
    [InlineData("name,id\n\"a,1\",7\n\"say \"\"2\"\"\",8\n\"3\n4,4\n\",9\n")]
    [InlineData("name,id\n5\" disk,7\nb,8\nc,9\n")]
    [InlineData("\"name\"\t\"id\"\n\"a\"\t\"7\"\n\"b\t8\n\"c\" d\t9\n")]
    [InlineData("2 3,id\na,7\nb,8\nc,9\n")]
    public void The_ids_of_the_chosen_column_are_read_and_nothing_else(string table)
    {
        foreach (var column in (string[])["id", "2"])
        {
            var report = OfColumn(column, table);

            Assert.Null(Assert.Single(report.Streams).Problem);
            Assert.Equal(new Column(2, "id"), report.Streams[0].Column);
            Assert.Equal((3, 0), (report.Ids, report.Invalid.Count));
            Assert.Equal(0, report.Duplicates.Repeats + report.Order!.Count);
        }
    }

    [Theory]
    [InlineData("id\n7\n8\n")]
    [InlineData("\uFEFFid\n7\n8\n")]
    [InlineData("\"order id\"\n\"7\"\n\"8\"\n")]
    [InlineData("?column?\r\n 7\r\n 8\r\n\r\n")]
    public void A_header_over_ids_is_passed_over_and_named(string table)
    {
        var report = OfText(table);

        Assert.Equal(table.Split('\n')[0].Trim('\uFEFF', '"', '\r'), Assert.Single(report.Streams).Column!.Header);
        Assert.Equal((2, 0), (report.Ids, report.Invalid.Count));
    }

    [Theory]
    [InlineData("'")]
    [InlineData("#")]
    [InlineData("$")]
    [InlineData("(")]
    [InlineData("=\"")]
    [InlineData("x")]
    [InlineData("\u00A0")]
    [InlineData("\u200B")]
    [InlineData("\uFEFF\uFEFF")]
    public void An_id_with_a_mark_before_it_is_no_header_that_is_passed_over(string mark)
    {
        foreach (var report in (Report[])[
            OfText($"{mark}380241666818183168\n380241666818183168\n"),
            OfColumn("1", $"{mark}380241666818183168,a\n380241666818183168,b\n"),
        ])
        {
            Assert.Contains("is neither an ID nor the name of a column", Assert.Single(report.Streams).Problem, StringComparison.Ordinal);
            Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: false));
        }
    }

    [Fact]
    public void A_first_line_of_ids_is_no_header()
    {
        var report = OfColumn("1", "7,a\n8,b\n");

        Assert.Equal(new Column(1, null), Assert.Single(report.Streams).Column);
        Assert.Equal(2, report.Ids);
    }

    [Theory]
    [InlineData("-5\n7\n")]
    [InlineData("1.0\n7\n")]
    [InlineData("id,n\n,1\n7,2\n")]
    [InlineData("id,n\nNULL,1\n7,2\n")]
    public void A_value_that_is_no_id_is_an_invalid_value_and_no_header(string table)
    {
        var report = OfColumn("1", table);

        Assert.Equal((1, 1), (report.Ids, report.Invalid.Count));
        Assert.Equal(Verdict.Violations, Verdicts.Of(report, allowCut: false));
    }

    [Theory]
    [InlineData(null, "id,name\n7,a\n", "it has several columns, choose one with --column NAME|NUMBER: 1 id, 2 name")]
    [InlineData(null, "7\ta\n", "it has several columns, choose one with --column NAME|NUMBER: 1 7, 2 a")]
    [InlineData("ID", "id,name\n7,a\n", "it has no column ID: 1 id, 2 name")]
    [InlineData("0", "id,name\n7,a\n", "it has no column 0: 1 id, 2 name")]
    [InlineData("3", "id,name\n7,a\n", "it has no column 3: 1 id, 2 name")]
    [InlineData("id", "7\n", "it has no column id: 1 7")]
    [InlineData("id", "id,id\n7,8\n", "it has several columns id, choose one by its number: 1 id, 2 id")]
    public void Which_columns_there_are_is_said_where_it_is_open_which_is_meant(string? column, string table, string problem)
    {
        var report = OfColumn(column, table);

        Assert.Equal(problem, Assert.Single(report.Streams).Problem);
        Assert.Equal(Verdict.NoVerdict, Verdicts.Of(report, allowCut: true));
    }

    [Theory]
    [InlineData("id,name\n7,a\n8,b,c\n")]
    [InlineData("id,name\n7,a\n8\n")]
    [InlineData("id,name\n7,a\n8,\"b\" c\n")]
    [InlineData("id\tname\n7\t\"a\n8\tb\"\n9\n")]
    public void Lines_that_are_not_as_the_first_are_an_error(string table)
    {
        var report = OfColumn("id", table);

        Assert.NotNull(Assert.Single(report.Streams).Problem);
        Assert.False(report.Streams[0].IsCut);
    }

    [Theory]
    [InlineData("id,name\n7,a\n8,b")]
    [InlineData("id,name\n7,a\n8,\"b\n")]
    [InlineData("id,\"na\n")]
    public void A_table_that_ends_within_a_line_is_cut(string table) =>
        Assert.True(Assert.Single(OfColumn("id", table).Streams).IsCut);

    [Theory]
    [InlineData("""[{"id":"7","order":"8"}]""")]
    [InlineData("{\"id\":\"7\"}\n")]
    public void A_column_of_what_is_no_table_is_an_error(string body)
    {
        var report = OfColumn("order", body);

        Assert.Equal("--column is for tables (csv, tsv), and this is none", Assert.Single(report.Streams).Problem);
    }

    [Fact]
    public void A_table_of_many_pieces_is_read_like_one_of_few()
    {
        var lines = Enumerable.Range(0, 60_000).Select(index => $"\"a\n{index}\",{index}\r\n");

        var report = OfColumn("id", $"name,id\r\n{string.Concat(lines)}");

        Assert.Null(Assert.Single(report.Streams).Problem);
        Assert.Equal((60_000, 0), (report.Ids, report.Duplicates.Repeats));
    }
}
