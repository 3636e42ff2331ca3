namespace IdGenerator.InProcess;

/// <summary>Where the lease of the worker ID is: whatever can refuse it to a second process.</summary>
public enum InProcessStore
{
    /// <summary>
    /// A file in <see cref="InProcessIdGeneratorOptions.DataDirectory"/>, for processes of one host. Nothing refuses a worker ID to a process of another
    /// host, or of another container that does not share the directory: each needs worker IDs of its own, or another store.
    /// </summary>
    File,

    /// <summary>
    /// A Lease, <c>IDSPACE-worker-ID</c>, in the namespace of the pod, for processes of one cluster; outside of a pod, in that of the current context of
    /// the kubeconfig file. The service account needs the verbs get, create and update on leases.coordination.k8s.io.
    /// </summary>
    Kubernetes,

    /// <summary>A row of the table <c>id_generator_lease</c>, for all processes that use the database.</summary>
    Postgres,
}
