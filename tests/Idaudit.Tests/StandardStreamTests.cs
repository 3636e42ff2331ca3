using IdGenerator.Testing;

namespace IdGenerator.Idaudit.Tests;

/// <summary>The program as a shell starts it, with standard streams that cannot be used.</summary>
public sealed class StandardStreamTests
{
    [Theory]
    [InlineData("timeout 20 $0 <&-", "standard input is closed")]
    [InlineData("echo 1 | $0 >&-", "standard output is closed")]
    [InlineData("echo 1 | $0 --json > /dev/full", "standard output: ")]
    [InlineData("$0 --help > /dev/full", "standard output: ")]
    [InlineData("echo 1 | $0 1< /dev/null", "standard output: ")]
    [InlineData("$0 --help >&-", "standard output is closed")]
    [InlineData("{ read; echo 1 | $0; echo exit code $? >&2; } < <(sleep 0.3; echo) | true", "standard output: ")]
    public async Task A_report_that_cannot_be_had_is_an_error_of_one_line(string command, string problem)
    {
        var (_, output, errors) = await ShellAsync($"{command}; echo exit code $? >&2");

        Assert.Equal("", output);
        Assert.StartsWith($"idaudit: {problem}", errors, StringComparison.Ordinal);
        Assert.Equal("exit code 2", errors.Split('\n')[1]);
    }

    [Fact]
    public async Task An_error_that_nobody_can_read_is_one_all_the_same() =>
        Assert.Equal((2, "", ""), await ShellAsync("timeout 20 $0 <&- >&- 2>&-"));

    [Fact]
    public async Task Standard_input_may_be_closed_where_it_is_not_read() =>
        Assert.Equal(0, (await ShellAsync("$0 <(echo 1) <&-")).ExitCode);

    [Fact]
    public async Task A_report_leaves_what_stands_before_and_behind_it_in_a_file()
    {
        var (_, output, _) = await ShellAsync("f=$(mktemp); { echo 1; echo 1 | $0; echo 2; } > $f; cat $f; rm $f");

        Assert.StartsWith("1\nIDs  ", output, StringComparison.Ordinal);
        Assert.EndsWith("\nclean\n2\n", output, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> ShellAsync(string command) =>
        ChildProcess.RunAsync("bash", ["-c", command, Path.Combine(AppContext.BaseDirectory, "idaudit")]);
}
