namespace IdGenerator.Kubernetes;

/// <summary>A request before it is sent, and the words for it in messages.</summary>
/// <param name="Verb">In the language of roles: get, list, create, update, patch, delete.</param>
/// <param name="Method">The HTTP method of it.</param>
/// <param name="Path">Below the server's address.</param>
/// <param name="Subject">The resource, and the object's name where there is one.</param>
/// <param name="Namespace">Where it is.</param>
/// <param name="Body">JSON; empty for reads.</param>
/// <param name="MediaType">Of the body.</param>
/// <param name="Accept">Of the answer.</param>
internal sealed record ApiRequest(
    string Verb,
    HttpMethod Method,
    string Path,
    string Subject,
    string Namespace,
    ReadOnlyMemory<byte> Body = default,
    string MediaType = "application/json",
    string Accept = "application/json")
{
    /// <summary>May be sent again whatever became of it.</summary>
    public bool IsRead => Method == HttpMethod.Get;

    public override string ToString() => $"{Verb} {Subject} in namespace {Namespace}";
}
