using Microsoft.AspNetCore.Http.Features;

namespace IdGenerator.Http.Api;

/// <summary><c>OPTIONS *</c> asks about the server as a whole, and whether it answers (RFC 9110, section 9.3.7).</summary>
internal static class ServerOptions
{
    public static void UseServerOptions(this WebApplication app) => app.Use((context, next) =>
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!HttpMethods.IsOptions(context.Request.Method) || target != "*") return next(context);

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Allow = "GET, HEAD";
        return Task.CompletedTask;
    });
}
