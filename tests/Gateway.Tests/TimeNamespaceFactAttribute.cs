using System.Diagnostics;

namespace IdGenerator.Gateway.Tests;

/// <summary>A test of time namespaces: skipped, and for that reason only, where they cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TimeNamespaceFactAttribute : FactAttribute
{
    public TimeNamespaceFactAttribute() => Skip = CanMake() ? null : "unshare --time does not work here: it takes root.";

    private static bool CanMake()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("unshare", ["--time", "--monotonic", "1", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
