using System.Globalization;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Dates, numbers and casing of the host's language: another calendar makes a log line 543 years older. The programs are built
/// without cultures, but the environment of a process can turn them on again (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT).
/// </summary>
public static class HostCulture
{
    /// <summary>All threads write for programs to read, whatever the host's language, the framework's own code included.</summary>
    public static void Ignore() => CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
}
