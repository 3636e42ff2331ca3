namespace IdGenerator.Http.Api;

/// <summary><c>GET /openapi/v1.json</c>: the description of the API, written by hand beside this file.</summary>
internal static class OpenApi
{
    private static readonly Lazy<byte[]> Document = new(() => Resources.Read("openapi.json"));

    public static async Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Document.Value.Length;
        await context.Response.Body.WriteAsync(Document.Value, context.RequestAborted);
    }
}
