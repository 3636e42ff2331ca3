namespace IdGenerator.Gateway.Observability;

/// <summary>Records every request of the pipeline. Outermost, so that it sees what error handlers make of a request.</summary>
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
        var wasAborted = context.RequestAborted.IsCancellationRequested;
        metrics.Record(route, wasAborted ? RequestMetrics.Aborted : context.Response.StatusCode, start);
    }
}
