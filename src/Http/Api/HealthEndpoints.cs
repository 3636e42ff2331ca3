using IdGenerator.Http.Answers;

namespace IdGenerator.Http.Api;

/// <summary><c>GET /health</c>, <c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>The process answers. Depends on nothing else: restarting it would mend neither a store nor a clock.</summary>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, new("healthy"));

    /// <summary>The worker ID is held and IDs can be issued.</summary>
    public static Task ReadyAsync(HttpContext context) => SummaryAsync(context);

    public static Task SummaryAsync(HttpContext context)
    {
        var health = context.RequestServices.GetRequiredService<Health>();
        if (health.Check() is not { } unavailable) return WriteAsync(context, new("healthy", health.Worker));

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = Errors.RetryAfter(unavailable.RetryAfter);
        return WriteAsync(context, new("unhealthy", health.Worker, unavailable.Reason));
    }

    private static Task WriteAsync(HttpContext context, HealthBody body) =>
        context.Response.WriteJsonAsync(body, ApiJson.Default.HealthBody);

    internal sealed record HealthBody(string Status, int? WorkerId = null, string? Reason = null);
}
