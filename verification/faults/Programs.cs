namespace IdGenerator.Faults;

/// <summary>The other programs of this build.</summary>
internal static class Programs
{
    public static string Idaudit { get; } = Beside("Idaudit", "idaudit.dll");

    public static string Beside(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(configuration.Parent!.Parent!.FullName, project, configuration.Name, file);
    }

    /// <summary>What to execute for a program that may be a .NET assembly.</summary>
    public static string[] Command(string program) => program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", program] : [program];
}
