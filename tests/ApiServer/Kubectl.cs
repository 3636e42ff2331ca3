using IdGenerator.Testing;

namespace IdGenerator.ApiServer;

internal static class Kubectl
{
    public static Task<string> RunAsync(string kubeConfig, string[] arguments) =>
        ChildProcess.OutputOfAsync(Assets.Program("kubectl"), [$"--kubeconfig={kubeConfig}", .. arguments]);
}
