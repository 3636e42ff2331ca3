namespace IdGenerator.Testing;

/// <summary>The library that knows other cultures; .NET loads it where the environment turns globalization on.</summary>
public static class Icu
{
    /// <summary>Why tests that need it are skipped; null where they are not.</summary>
    public static string? SkipReason { get; } = IsInstalled("/usr/lib") || IsInstalled("/usr/lib64")
        ? null
        : "ICU is not installed (Debian: apt-get install icu-devtools).";

    private static bool IsInstalled(string directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 };
        return Directory.Exists(directory) && Directory.EnumerateFiles(directory, "libicuuc.so.*", options).Any();
    }
}
