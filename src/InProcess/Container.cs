using IdGenerator.Kubernetes;

namespace IdGenerator.InProcess;

/// <summary>Containers of one host do not see each other's locks and files, unless they share a directory.</summary>
internal static class Container
{
    /// <summary>This process runs in one: the images of .NET, Docker, Podman and the kubelet each leave a sign of it.</summary>
    public static bool IsHere =>
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1" || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv")
        || InClusterConfig.IsPresent(Environment.GetEnvironmentVariable);
}
