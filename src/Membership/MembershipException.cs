namespace IdGenerator.Membership;

/// <summary>
/// The membership object cannot be used, and nothing was changed: it is gone, or no membership of this cluster, or the role
/// lacks a verb on it. The message says what to do.
/// </summary>
public sealed class MembershipException(string message) : Exception(message);
