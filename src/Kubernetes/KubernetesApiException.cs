namespace IdGenerator.Kubernetes;

/// <summary>
/// The API server did not answer, or not with a decision. Whether a write has happened is unknown, and it was not repeated.
/// </summary>
public sealed class KubernetesApiException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the server asked to be left alone, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// The server answers, and does not know who asks (401), or the token of this pod is gone: its pod was deleted, its service account
    /// was, or the keys that sign tokens were replaced.
    /// </summary>
    public bool IsUnauthorized { get; init; }

    /// <summary>The server turned the request away, or was not trusted with it, before it did anything, so that even a write may be sent again.</summary>
    internal bool IsUnprocessed { get; init; }
}
