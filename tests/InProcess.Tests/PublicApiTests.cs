using IdGenerator.Client.Tests;
using IdGenerator.Testing;

namespace IdGenerator.InProcess.Tests;

/// <summary>
/// The public surface of the package is a file beside it: who changes it sees it in the review. After a change that is meant,
/// <c>ACCEPT_PUBLIC_API=1</c> makes this test write the file.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Is_what_the_file_says()
    {
        var file = Repository.PathOf("src/InProcess/PublicApi.txt");
        var surface = PublicApi.Of(typeof(InProcessIdGeneratorOptions).Assembly).ToList();
        if (Environment.GetEnvironmentVariable("ACCEPT_PUBLIC_API") == "1") File.WriteAllLines(file, surface);

        Assert.Equal(File.ReadAllLines(file), surface);
    }
}
