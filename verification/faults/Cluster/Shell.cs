using IdGenerator.Testing;

namespace IdGenerator.Faults;

internal static class Shell
{
    /// <exception cref="HarnessException">The program failed.</exception>
    public static void Run(string program, params string[] arguments)
    {
        var (exitCode, _, errors) = ChildProcess.RunAsync(program, arguments).GetAwaiter().GetResult();
        if (exitCode != 0) throw new HarnessException($"{program} {string.Join(' ', arguments)}: {errors.Trim()}");
    }
}
