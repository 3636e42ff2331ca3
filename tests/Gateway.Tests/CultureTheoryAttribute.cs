namespace IdGenerator.Gateway.Tests;

/// <summary>A test under other cultures: skipped, and for that reason only, where the library that knows them is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CultureTheoryAttribute : TheoryAttribute
{
    public CultureTheoryAttribute() => Skip = IsInstalled ? null : "ICU is not installed (Debian: apt-get install icu-devtools).";

    private static bool IsInstalled { get; } = Directory.Exists("/usr/lib")
        && Directory.EnumerateDirectories("/usr/lib").Any(directory => Directory.EnumerateFiles(directory, "libicuuc.so.*").Any());
}
