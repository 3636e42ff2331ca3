using IdGenerator.Http.Connections;

namespace IdGenerator.Http.Api;

/// <summary>
/// No route reads a request's body, so a request that has one ends its connection, and the answer says so (<c>Connection: close</c>,
/// RFC 9112, section 9.6). Where a body ends only Kestrel knows, so a connection that went on after one could not give up its place
/// to others. If the answer did not say so, a proxy would send the request of another client there, and it would be lost.
/// </summary>
internal static class UnreadBodies
{
    /// <summary>Bytes of a body that are read, so that the client gets to read the answer; a longer one ends in a reset.</summary>
    public const int MostSkipped = 16 * 1_024;

    public static void UseUnreadBodies(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (context.Request.Headers.TransferEncoding.Count > 0 || context.Request.ContentLength > 0)
        {
            context.Features.Get<KestrelConnection>()?.OnBody();
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    });
}
