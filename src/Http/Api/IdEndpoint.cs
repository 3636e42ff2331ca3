using IdGenerator.Http.Answers;
using IdGenerator.Http.Formats;
using IdGenerator.Snowflake;
using Microsoft.Extensions.Primitives;

namespace IdGenerator.Http.Api;

/// <summary>
/// <c>GET /id</c>: one ID, in a media type of <c>/ids/{count}</c> where the client prefers another to JSON, and in JSON where it
/// accepts none of them: one ID is never refused for that (RFC 9110, section 12.4.1, allows both).
/// </summary>
internal static class IdEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var source = context.RequestServices.GetRequiredService<IIdSource>();
        var response = context.Response;
        var format = Choose(context.Request.Headers.Accept);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            if (source.Check() is { } unavailable) await response.WriteUnavailableAsync(unavailable);
            else SetHeaders(response, format);
            return;
        }

        var reservation = await source.ReserveAsync(1, since: null, context.RequestAborted);
        if (reservation.Refusal is { } refusal)
        {
            await response.WriteUnavailableAsync(refusal);
            return;
        }

        SetHeaders(response, format);
        var output = response.BodyWriter;
        format.Begin(output);
        format.Write(output, new(source.Worker, reservation.Slots), isFirst: true);
        format.End(output);
        response.ContentLength = output.UnflushedBytes;
        await output.FlushAsync();
    }

    private static IdFormat Choose(StringValues accept) =>
        Negotiation.Choose(accept) is { } format && format != IdFormat.All[0] ? format : SingleFormat.Instance;

    private static void SetHeaders(HttpResponse response, IdFormat format)
    {
        response.ContentType = format.MediaType;
        response.Headers.CacheControl = "no-store";
    }
}
