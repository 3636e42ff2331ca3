using IdGenerator.Http.Connections;

namespace IdGenerator.Http.Api;

/// <summary>
/// From the signal to stop on, an answer is the last one of its connection, and says so (<c>Connection: close</c>, RFC 9112, section
/// 9.6). So clients and proxies send what comes next elsewhere, and nothing to a connection that is about to end.
/// </summary>
internal static class LastAnswers
{
    public static void UseLastAnswers(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use((context, next) =>
        {
            // Of several requests that have come in, all are answered.
            if (stopping.IsCancellationRequested && context.Features.Get<KestrelConnection>() is not { HasMore: true })
                context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}
