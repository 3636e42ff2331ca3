namespace IdGenerator.Kubernetes;

/// <summary>The configuration of the connection to the API server cannot be used; the message says what to mend.</summary>
public sealed class KubernetesConfigException(string message, Exception? inner = null) : Exception(message, inner);
