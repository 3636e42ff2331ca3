namespace IdGenerator.ApiServer;

/// <summary>
/// The programs of a real control plane: <c>etcd</c>, <c>kube-apiserver</c> and <c>kubectl</c>, in the directory that
/// <c>KUBEBUILDER_ASSETS</c> names, as <c>setup-envtest</c> leaves them.
/// </summary>
public static class Assets
{
    public const string Variable = "KUBEBUILDER_ASSETS";

    public static string? Directory { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null;

    public static string Program(string name) => Path.Combine(
        Directory ?? throw new InvalidOperationException($"{Variable} is not set."), name);
}
