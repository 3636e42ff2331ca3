namespace IdGenerator.Gateway.Connections;

/// <summary>Why something was refused, or a connection closed, that its client may have wanted.</summary>
internal enum Refusal
{
    /// <summary>It was the longest idle one when another came and there were as many as may be open.</summary>
    Idle,

    /// <summary>Its client neither sent the rest of its request nor read its answer while others waited for its place.</summary>
    Slow,

    /// <summary>No request came in the first seconds.</summary>
    Silent,

    /// <summary>It could not be accepted: no descriptors, no memory, or none that could be closed for it.</summary>
    NotAccepted,
}
