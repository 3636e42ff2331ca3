using System.Diagnostics.CodeAnalysis;

namespace IdGenerator.Kubernetes;

/// <summary>What the API server decided.</summary>
public enum ApiOutcome
{
    /// <summary>It did what was asked, and this is the object now.</summary>
    Done,

    /// <summary>There is no such object; on a create, no such namespace.</summary>
    Absent,

    /// <summary>Somebody else came first: the object is there already, or is not of the given version any more.</summary>
    Conflict,

    /// <summary>
    /// The role lacks the verb, or an admission rule forbids it. The message names verb, resource and namespace.
    /// </summary>
    Denied,

    /// <summary>The server takes the request for wrong.</summary>
    Invalid,
}

/// <summary>
/// An answer of the API server. Nothing has changed there unless the outcome is <see cref="ApiOutcome.Done"/>.
/// </summary>
/// <param name="Outcome">What the server decided.</param>
/// <param name="Value">The object as it is stored now; null unless done.</param>
/// <param name="Message">Why not, in a sentence for operators; empty when done.</param>
public sealed record ApiResult<T>(ApiOutcome Outcome, T? Value, string Message)
    where T : ApiObject
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Value is not null;
}
