namespace IdGenerator.KubernetesLeases;

/// <summary>What the chart makes and the pods have to know of.</summary>
/// <param name="Name">The name of the StatefulSet, of the Role, and of its RoleBinding.</param>
/// <param name="ServiceAccount">The name of the service account; null where the chart does not make it.</param>
public sealed record ChartObjects(string Name, string? ServiceAccount);
