namespace IdGenerator.Kubernetes;

/// <summary>How the API server is called. Configuration section <c>Kubernetes</c>.</summary>
public sealed record KubernetesOptions
{
    /// <summary>
    /// Seconds after which an attempt at a request is given up, 1 to 60. More suits a slow API server; less leaves more
    /// attempts within what a worker has reserved.
    /// </summary>
    public int TimeoutSeconds { get; init; } = 5;

    internal TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>What is wrong with the values, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (TimeoutSeconds is < 1 or > 60)
            yield return $"Kubernetes:TimeoutSeconds is {TimeoutSeconds}; allowed are 1 to 60.";
    }
}
