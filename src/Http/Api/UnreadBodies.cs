using IdGenerator.Http.Connections;

namespace IdGenerator.Http.Api;

/// <summary>
/// No route reads a request's body. Kestrel skips one that is short, to get at the next request, and ends the connection after
/// one that is not; the answer has to say so (<c>Connection: close</c>, RFC 9112, section 9.6). Else a proxy takes the
/// connection for one that goes on, and the request of another client that it sends there is lost.
/// </summary>
internal static class UnreadBodies
{
    /// <summary>Bytes of a body that are skipped.</summary>
    public const int MostSkipped = 16 * 1_024;

    public static void UseUnreadBodies(this WebApplication app) => app.Use(static (context, next) =>
    {
        // Without a length, nobody knows how long it will be.
        var isOpen = context.Request.Headers.TransferEncoding.Count > 0;
        if (isOpen || context.Request.ContentLength > 0) context.Features.Get<KestrelConnection>()?.OnBody();
        if (isOpen || context.Request.ContentLength > MostSkipped) context.Response.Headers.Connection = "close";
        return next(context);
    });
}
