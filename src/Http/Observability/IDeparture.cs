namespace IdGenerator.Http.Observability;

/// <summary>
/// A feature of a connection: whether its client has left. ASP.NET Core's own token of an aborted request says so a moment later,
/// when a request that ended for that reason has long been counted.
/// </summary>
internal interface IDeparture
{
    /// <summary>It has reset the connection, or could not be written to, or was given up.</summary>
    bool HasLeft { get; }
}
