namespace IdGenerator.Http.Observability;

/// <summary>What was refused, or a connection that was closed, although its client may have wanted it.</summary>
public enum Refusal
{
    /// <summary>A connection: it was the longest idle one when another came and as many as may be were open.</summary>
    Idle,

    /// <summary>A connection: its client neither sent the rest of its request nor read its answer while others waited for its place.</summary>
    Slow,

    /// <summary>A connection: no request came in the first seconds.</summary>
    Silent,

    /// <summary>A connection that could not be accepted: no descriptors, no memory, or none that could be closed for it.</summary>
    NotAccepted,

    /// <summary>A request for many IDs: as many as may be were under way.</summary>
    Bulk,

    /// <summary>A connection of an Orleans client: as many as may be were open when another came, or a message was too long.</summary>
    OrleansClient,
}
