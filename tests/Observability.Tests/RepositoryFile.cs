using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

/// <summary>Files that are shipped as they are, where they lie in the repository.</summary>
internal static class RepositoryFile
{
    public static string Alerts => Path("helm/id-generator/files/alerts.yaml");

    public static string Dashboard => Path("helm/id-generator/files/dashboard.json");

    public static string ScaledObject => Path("helm/id-generator/templates/scaledobject.yaml");

    public static string[] AlertTests => Directory.GetFiles(Path("tests/alerts"), "*.yaml");

    private static string Path(string relative) => Repository.PathOf(relative);
}
