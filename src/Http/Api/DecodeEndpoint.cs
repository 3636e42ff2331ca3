using System.Globalization;
using IdGenerator.Http.Answers;

namespace IdGenerator.Http.Api;

/// <summary><c>GET /decode/{id}</c>: what an ID says of itself.</summary>
internal static class DecodeEndpoint
{
    public static Task HandleAsync(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["id"]!;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return context.Response.WriteJsonAsync(Describe(new(value)), ApiJson.Default.DecodedBody);
        }

        return context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, Decimals.Parse(text) is not null
            ? $"ID must be less than or equal to {long.MaxValue}"
            : text.StartsWith('-') && Decimals.Parse(text[1..]) is not null
                ? "ID must not be negative"
                : "ID must be a whole number");
    }

    private static DecodedBody Describe(SnowflakeId id) => new(
        id.Value.ToString(CultureInfo.InvariantCulture),
        id.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        id.CreatedAt.ToUnixTimeMilliseconds(),
        id.Worker,
        id.Sequence);

    internal sealed record DecodedBody(
        string Id, string Timestamp, long TimestampMs, int WorkerId, int Sequence);
}
