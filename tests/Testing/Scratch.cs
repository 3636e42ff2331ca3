namespace IdGenerator.Testing;

/// <summary>
/// A directory for the file store and an ID space that nothing else on this host uses: processes of tests, and of developers,
/// would refuse each other. Both end with it.
/// </summary>
public sealed class Scratch : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("id-generator-").FullName;

    public string IdSpace { get; } = NewIdSpace();

    /// <summary>What a process needs to know of them.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables => [("DATA_DIR", Directory), ("ID_SPACE", IdSpace)];

    public static string NewIdSpace() => $"test-{Guid.NewGuid():N}";

    /// <summary>Removes what processes have noted of an ID space outside of their directories.</summary>
    public static void Forget(string idSpace)
    {
        foreach (var file in System.IO.Directory.EnumerateFiles("/var/tmp", $"id-generator.*.{idSpace}.worker-*"))
            File.Delete(file);
    }

    public void Dispose()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        Forget(IdSpace);
    }
}
