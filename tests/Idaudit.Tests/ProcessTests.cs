using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using IdGenerator.Testing;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class ProcessTests : IDisposable
{
    private const string MiB64 = "0x4000000";
    private const string MiB24 = "0x1800000";

    private static readonly Lazy<byte[]> FiveMillion = new(() => Shuffled(5_000_000));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("idaudit");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Clean_streams_of_files_and_standard_input_end_with_0()
    {
        var (exitCode, output, error) = Run("{\"id\":\"3\"}", File("a", "1\n"), "-", File("b", "2\n"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.EndsWith("clean\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_violation_ends_with_1_and_is_shown()
    {
        var (exitCode, output, _) = Run("1\n2\n", "-", File("a", "2\n"));

        Assert.Equal(1, exitCode);
        Assert.Contains("duplicates        1 (of 1 IDs)\n  2 at -#2, ", output, StringComparison.Ordinal);
        Assert.EndsWith("VIOLATIONS\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_can_be_had_as_json()
    {
        var (exitCode, output, _) = Run("7\n7\n", "--json");

        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, exitCode);
        Assert.Equal("violations", report.GetProperty("verdict").GetString());
        Assert.Equal(2, report.GetProperty("ids").GetInt64());
        Assert.Equal("7", report.GetProperty("duplicates").GetProperty("examples")[0].GetProperty("value").GetString());
        Assert.Equal(1, report.GetProperty("order").GetProperty("count").GetInt64());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("reserved").ValueKind);
    }

    [Fact]
    public void The_report_says_how_each_stream_was_read()
    {
        var tsv = File("b", "name\tid\nx\t2\n");

        var text = Run("{\"id\":\"3\"}", "-", tsv).Output;
        var table = Run("name;id\nx;1\n", "--column", "id").Output;
        var json = Run("", tsv, "nowhere", "--column", "2", "--json").Output;

        Assert.Contains("\n  -: json: 1 IDs\n", text, StringComparison.Ordinal);
        Assert.Contains("b: tsv: it has several columns, choose one with --column", text, StringComparison.Ordinal);
        Assert.Contains("\n  -: csv, column 2 (header: id): 1 IDs\n", table, StringComparison.Ordinal);
        var streams = JsonDocument.Parse(json).RootElement.GetProperty("streams");
        Assert.Equal("tsv", streams[0].GetProperty("format").GetString());
        Assert.Equal(2, streams[0].GetProperty("column").GetProperty("number").GetInt32());
        Assert.Equal("id", streams[0].GetProperty("column").GetProperty("header").GetString());
        Assert.Equal(JsonValueKind.Null, streams[1].GetProperty("format").ValueKind);
    }

    [Fact]
    public void A_cut_body_ends_with_2_and_the_report_of_what_was_read()
    {
        var (exitCode, output, _) = Run("{\"ids\":[\"7\",\"7\",\"8");

        Assert.Equal(2, exitCode);
        Assert.Contains("-: json: the JSON ends within a value (after 2 IDs)", output, StringComparison.Ordinal);
        Assert.Contains("duplicates        1 ", output, StringComparison.Ordinal);
        Assert.EndsWith("NO VERDICT\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_ends_with_2_and_does_not_stop_the_others()
    {
        var (exitCode, output, _) = Run("", "nowhere", File("a", "7\n7\n"));

        Assert.Equal(2, exitCode);
        Assert.Contains("nowhere", output, StringComparison.Ordinal);
        Assert.Contains("duplicates        1 ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--not-before", "yesterday")]
    [InlineData("--format", "xml")]
    [InlineData("--reserved", "nowhere")]
    [InlineData("--column")]
    [InlineData("--reserved")]
    [InlineData("--quick")]
    public void Wrong_usage_ends_with_2_and_one_line_that_names_it(params string[] arguments)
    {
        var (exitCode, output, error) = Run("1\n", arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(arguments[^1], error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Every_option_is_understood()
    {
        var reserved = File("reserved", "1 5 6 pod-1\n");
        string[] arguments =
        [
            "--any-order", "--allow-cut", "--format", "text", "--reserved", reserved,
            "--not-before", "1705065354069", "--not-after", "2024-01-12T13:15:54.069Z",
        ];

        Assert.Equal(0, Run($"{Id(5, sequence: 1)}\n{Id(5)}\n9", arguments).ExitCode);
        Assert.Equal(1, Run(Lines(Id(6)), arguments).ExitCode);
    }

    [Fact]
    public void Help_names_the_exit_codes() =>
        Assert.Contains("Exit codes: 0 clean", Run("", "--help").Output, StringComparison.Ordinal);

    [Fact]
    public async Task Five_million_ids_fit_into_64_MiB_of_heap()
    {
        var (exitCode, output, error) = await RunAsync(FiveMillion.Value, ["--any-order"], HeapLimit(MiB64));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("5,000,000", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_ids_than_memory_holds_are_refused_in_one_line()
    {
        var (exitCode, output, error) = await RunAsync(FiveMillion.Value, ["--any-order"], HeapLimit(MiB24));

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("idaudit: out of memory at ", error, StringComparison.Ordinal);
    }

    private static byte[] Shuffled(int count)
    {
        const long Timestamp = 50_000_000_000;
        var ids = new long[count];
        for (var index = 0; index < count; index++) ids[index] = Id(Timestamp + index / 4096, sequence: index % 4096);
        new Random(1).Shuffle(ids);
        return MemoryMarshal.AsBytes<long>(ids).ToArray();
    }

    private static (int ExitCode, string Output, string Error) Run(string input, params string[] arguments) =>
        RunAsync(Encoding.ASCII.GetBytes(input), arguments).GetAwaiter().GetResult();

    // As its users run it.
    private static Task<(int ExitCode, string Output, string Error)> RunAsync(
        byte[] input, string[] arguments, params (string, string)[] variables) =>
        ChildProcess.RunAsync(Path.Combine(AppContext.BaseDirectory, "idaudit"), arguments, input, variables);

    private static (string, string) HeapLimit(string bytes) => ("DOTNET_GCHeapHardLimit", bytes);

    private string File(string name, string content)
    {
        var path = Path.Combine(_directory.FullName, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
