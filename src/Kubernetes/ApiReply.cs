using System.Net;

namespace IdGenerator.Kubernetes;

/// <summary>A decision of the server: any status but 401, 429, 3xx and 5xx.</summary>
internal sealed record ApiReply(HttpStatusCode Status, byte[] Body);
