namespace IdGenerator.ApiServer;

/// <summary>A service account of its own namespace, with a token that is good for an hour.</summary>
/// <param name="Namespace">Where it is, and where its role holds.</param>
/// <param name="Name">Its name.</param>
/// <param name="Token">Authenticates as it.</param>
/// <param name="Directory">With <c>token</c>, <c>ca.crt</c> and <c>namespace</c>, as the kubelet mounts it into a pod.</param>
/// <param name="KubeConfig">Path of a kubeconfig file for it.</param>
/// <param name="Environment">The variables that make a process on this machine believe that it is in a pod of it.</param>
public sealed record ServiceAccount(
    string Namespace,
    string Name,
    string Token,
    string Directory,
    string KubeConfig,
    IReadOnlyDictionary<string, string> Environment);
