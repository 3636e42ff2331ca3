namespace IdGenerator.Idaudit.Tests;

/// <summary>A theory with the cultures of ICU, which the host may not have.</summary>
internal sealed class CultureTheoryAttribute : TheoryAttribute
{
    public CultureTheoryAttribute()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 };
        var directories = ((string[])["/usr/lib", "/usr/lib64"]).Where(Directory.Exists);
        if (!directories.Any(directory => Directory.EnumerateFiles(directory, "libicuuc.so.*", options).Any()))
        {
            Skip = "libicu is not installed (Debian: apt-get install libicu-dev)";
        }
    }
}
