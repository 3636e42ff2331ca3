namespace IdGenerator.Kubernetes;

/// <summary>A core/v1 <c>Event</c>: what <c>kubectl describe pod</c> lists at its end.</summary>
public sealed record PodEvent : ApiObject
{
    public static ApiResource<PodEvent> Resource { get; } = new("", "v1", "events", KubernetesJson.Default.PodEvent);

    public PodEvent() => (ApiVersion, Kind) = ("v1", "Event");

    public required ObjectReference InvolvedObject { get; init; }

    /// <summary>Normal or Warning.</summary>
    public required string Type { get; init; }

    /// <summary>For machines: one word in camel case.</summary>
    public required string Reason { get; init; }

    public required string Message { get; init; }

    public required EventSource Source { get; init; }

    public required DateTimeOffset FirstTimestamp { get; init; }

    public required DateTimeOffset LastTimestamp { get; init; }

    public int Count { get; init; } = 1;
}

public sealed record ObjectReference(string ApiVersion, string Kind, string Namespace, string Name, string? Uid);

public sealed record EventSource(string Component);
