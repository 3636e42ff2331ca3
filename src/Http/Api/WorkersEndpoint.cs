using IdGenerator.Http.Answers;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary><c>GET /workers</c>: the workers that <c>/ids/{count}?workers=all</c> takes IDs from.</summary>
internal static class WorkersEndpoint
{
    public static Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        // Without a cluster there is no worker but this process's own.
        var workers = services.GetService<IWorkers>()?.List() ?? [services.GetRequiredService<IIdSource>().Worker];
        return context.Response.WriteJsonAsync(new(workers), ApiJson.Default.WorkersBody);
    }

    internal sealed record WorkersBody(int[] Workers);
}
