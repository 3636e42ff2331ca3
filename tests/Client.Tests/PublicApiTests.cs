using System.Reflection;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.Client.Tests;

/// <summary>
/// The public surface of the packages is a file beside each of them: who changes it sees it in the review. After a change that is meant,
/// <c>ACCEPT_PUBLIC_API=1</c> makes this test write the file.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Packages => ["Abstractions", "Client", "ClientKubernetes", "ClientPostgres"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Is_what_the_file_says(string package)
    {
        var assembly = package switch
        {
            "Abstractions" => typeof(IIdGenerator).Assembly,
            "Client" => typeof(IdGeneratorClientOptions).Assembly,
            "ClientKubernetes" => typeof(IdGeneratorKubernetesClientExtensions).Assembly,
            _ => typeof(IdGeneratorPostgresClientExtensions).Assembly,
        };
        var file = Repository.PathOf($"src/{package}/PublicApi.txt");
        var surface = PublicApi.Of(assembly).ToList();
        if (Environment.GetEnvironmentVariable("ACCEPT_PUBLIC_API") == "1") File.WriteAllLines(file, surface);

        Assert.Equal(File.ReadAllLines(file), surface);
    }
}
