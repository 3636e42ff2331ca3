namespace IdGenerator.Kubernetes;

/// <summary>
/// The token of a request. A projected token lives for about an hour and the kubelet replaces its file well before
/// (kubernetes.io/docs/concepts/storage/projected-volumes, "serviceAccountToken"), so the file is read again when the last
/// reading is a minute old, or has been rejected.
/// </summary>
internal sealed class BearerToken(KubernetesConfig config, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private volatile Reading? _last;

    /// <summary>The token to send; null for none.</summary>
    public string? Current()
    {
        if (config.TokenFile is null) return config.Token;
        if (_last is { } last && time.GetElapsedTime(last.At) < Fresh) return last.Token;

        try
        {
            _last = new(File.ReadAllText(config.TokenFile).Trim(), time.GetTimestamp());
            return _last.Token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesApiException($"The token cannot be read: {e.Message}", e)
            {
                IsUnauthorized = true,
                IsUnprocessed = true,
            };
        }
    }

    /// <summary>The server does not accept the last one.</summary>
    public void Reject() => _last = null;

    private sealed record Reading(string Token, long At);
}
