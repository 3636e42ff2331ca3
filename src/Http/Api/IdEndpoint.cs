using System.Buffers.Text;
using IdGenerator.Http.Answers;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary><c>GET /id</c>: one ID.</summary>
internal static class IdEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var source = context.RequestServices.GetRequiredService<IIdSource>();
        var response = context.Response;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            if (source.Check() is { } unavailable) await response.WriteUnavailableAsync(unavailable);
            else SetHeaders(response);
            return;
        }

        var reservation = await source.ReserveAsync(1, since: null, context.RequestAborted);
        if (reservation.Refusal is { } refusal)
        {
            await response.WriteUnavailableAsync(refusal);
            return;
        }

        SetHeaders(response);
        Write(response, SnowflakeId.Compose(reservation.Slots.First, source.Worker));
        await response.BodyWriter.FlushAsync();
    }

    private static void SetHeaders(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
    }

    private static void Write(HttpResponse response, long id)
    {
        Span<byte> body = stackalloc byte[32];
        "{\"id\":\""u8.CopyTo(body);
        Utf8Formatter.TryFormat(id, body[7..], out var digits);
        "\"}"u8.CopyTo(body[(7 + digits)..]);
        body = body[..(9 + digits)];

        response.ContentLength = body.Length;
        var output = response.BodyWriter;
        body.CopyTo(output.GetSpan(body.Length));
        output.Advance(body.Length);
    }
}
