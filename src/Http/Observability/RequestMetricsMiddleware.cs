using System.Diagnostics;

namespace IdGenerator.Http.Observability;

/// <summary>
/// Records every request of the pipeline, and describes it to its trace where it has one. Outermost, so that it sees what
/// error handlers make of a request.
/// </summary>
internal sealed class RequestMetricsMiddleware(RequestDelegate next, RequestMetrics metrics, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        // Taken now: an exception handler clears it.
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? RequestMetrics.NoRoute;
        var answered = next(context);
        if (!answered.IsCompletedSuccessfully) return AwaitAsync(context, answered, route, start);

        Record(context, route, start);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(HttpContext context, Task answered, string route, long start)
    {
        try
        {
            await answered;
        }
        finally
        {
            Record(context, route, start);
        }
    }

    private void Record(HttpContext context, string route, long start)
    {
        var wasAborted = context.RequestAborted.IsCancellationRequested || context.Features.Get<IDeparture>() is { HasLeft: true };
        var status = wasAborted ? RequestMetrics.Aborted : context.Response.StatusCode;
        metrics.Record(route, status, start);
        if (Activity.Current is { IsAllDataRequested: true } activity) Describe(activity, context.Request.Method, route, status);
    }

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
