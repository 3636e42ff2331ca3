namespace IdGenerator.Testing;

/// <summary>Files of the repository that tests read as they lie there.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot(new(AppContext.BaseDirectory));

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot(DirectoryInfo directory) =>
        File.Exists(Path.Combine(directory.FullName, "IdGenerator.sln")) ? directory.FullName : FindRoot(directory.Parent!);
}
