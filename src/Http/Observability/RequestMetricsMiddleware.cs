using System.Diagnostics;

namespace IdGenerator.Http.Observability;

/// <summary>
/// Records every request of the pipeline, and describes it to its trace where it has one. Outermost, so that it sees what
/// error handlers make of a request.
/// </summary>
internal sealed class RequestMetricsMiddleware(RequestDelegate next, RequestMetrics metrics, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        // Taken now: an exception handler clears it.
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? RequestMetrics.NoRoute;
        try
        {
            await next(context);
            // Of a body that was broken off, Kestrel would say that it is shorter than was announced.
            if (!WasAborted(context)) await CompleteAsync(context);
        }
        finally
        {
            Record(context, route, start);
        }
    }

    /// <summary>Sends what is left of the answer, so that a client that does not take it is counted as one that has left.</summary>
    private static async ValueTask CompleteAsync(HttpContext context)
    {
        // Without chunks, Kestrel leaves the end of a body to the end of the connection.
        var isChunked = context.Response.ContentLength is null && !HttpProtocol.IsHttp10(context.Request.Protocol);
        if (context.Response.HasStarted && !isChunked) await context.Response.BodyWriter.FlushAsync();
        await context.Response.CompleteAsync();
    }

    private void Record(HttpContext context, string route, long start)
    {
        var status = WasAborted(context) ? RequestMetrics.Aborted : context.Response.StatusCode;
        metrics.Record(route, status, start);
        if (Activity.Current is { IsAllDataRequested: true } activity) Describe(activity, context.Request.Method, route, status);
    }

    private static bool WasAborted(HttpContext context) =>
        context.RequestAborted.IsCancellationRequested || context.Features.Get<IDeparture>() is { HasLeft: true };

    // ASP.NET Core says of a request what it knows when it comes in. The rest, by the names of
    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span.
    private static void Describe(Activity activity, string method, string route, int status)
    {
        activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError) activity.SetStatus(ActivityStatusCode.Error);
        if (route == RequestMetrics.NoRoute) return;
        activity.DisplayName = $"{method} {route}";
        activity.SetTag("http.route", route);
    }
}
