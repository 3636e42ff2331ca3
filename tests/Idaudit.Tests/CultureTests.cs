using System.Text;
using IdGenerator.Testing;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class CultureTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("idaudit");

    public void Dispose() => _directory.Delete(recursive: true);

    [CultureTheory]
    [InlineData("th_TH.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    public async Task Dates_and_numbers_are_the_same_in_every_culture(string culture)
    {
        // More than a buffer holds, so that a number stands in the problem too.
        var ids = Lines(Enumerable.Range(0, 1_000).Select(index => Id(index)));
        var input = Encoding.ASCII.GetBytes($"{ids}{new string('7', 2 << 20)}");
        string[] arguments = ["--not-before", "2024-01-12T13:15:54.065Z"];

        var expected = await ChildProcess.RunAsync(Program, arguments, input);
        var actual = await ChildProcess.RunAsync(
            "dotnet",
            ["exec", "--runtimeconfig", Globalised(), $"{Program}.dll", .. arguments],
            input,
            ("LC_ALL", culture), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "false"));

        Assert.Contains("2024-01-12T13:15:54.064Z to 2024-01-12T13:15:55.063Z\n", actual.Output, StringComparison.Ordinal);
        Assert.Contains("a value is longer than 1,048,576 bytes (after 1,000 IDs)", actual.Output, StringComparison.Ordinal);
        Assert.Equal(expected, actual);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "idaudit");

    /// <summary>The configuration of the program, but with cultures: in the one that it is built with, they are off.</summary>
    private string Globalised()
    {
        const string Switch = "\"System.Globalization.Invariant\": ";
        var built = File.ReadAllText($"{Program}.runtimeconfig.json");
        Assert.Contains($"{Switch}true", built, StringComparison.Ordinal);
        var file = Path.Combine(_directory.FullName, "runtimeconfig.json");
        File.WriteAllText(file, built.Replace($"{Switch}true", $"{Switch}false", StringComparison.Ordinal));
        return file;
    }
}
