namespace IdGenerator.Testing;

/// <summary>The programs of this build, as they lie beside the tests.</summary>
public static class Programs
{
    /// <summary>
    /// A published gateway, a program of its own, that tests are to run instead of the one of this build; null where
    /// <c>GATEWAY_PROGRAM</c> names none.
    /// </summary>
    public static string? PublishedGateway { get; } =
        Environment.GetEnvironmentVariable("GATEWAY_PROGRAM") is { Length: > 0 } program ? program : null;

    public static string Gateway => PublishedGateway ?? Built("Gateway", "IdGenerator.Gateway.dll");

    public static string Silo => Built("Silo", "IdGenerator.Silo.dll");

    public static string Orders => Built("Orders", "IdGenerator.Orders.dll");

    public static string Idaudit => Built("Idaudit", "idaudit.dll");

    /// <summary>What to execute for a program that may be a .NET assembly.</summary>
    public static string[] Command(string program) => program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", program] : [program];

    private static string Built(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(configuration.Parent!.Parent!.FullName, project, configuration.Name, file);
    }
}
