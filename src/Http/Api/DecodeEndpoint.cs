using System.Globalization;
using IdGenerator.Http.Answers;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary><c>GET /decode/{id}</c>: what an ID says of itself.</summary>
internal static class DecodeEndpoint
{
    private const string Future = "The timestamp is in the future: an ID of another system, or one that was made while a clock was wrong";

    private static readonly string Epoch = Format(Layout.Epoch);

    public static Task HandleAsync(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["id"]!;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            var clock = context.RequestServices.GetRequiredService<LogicalClock>();
            return context.Response.WriteJsonAsync(Describe(new(value), clock), ApiJson.Default.DecodedBody);
        }

        return context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, Decimals.Parse(text) is not null
            ? $"ID must be less than or equal to {long.MaxValue}"
            : text.StartsWith('-') && Decimals.Parse(text[1..]) is not null
                ? "ID must not be negative"
                : "ID must be a whole number");
    }

    /// <summary>
    /// Any number can be read as an ID. So the epoch stands beside the date that follows from it, and a date that no ID of this
    /// service can have yet is told: their timestamps lead the wall clock by no more than is allowed.
    /// </summary>
    private static DecodedBody Describe(SnowflakeId id, LogicalClock clock) => new(
        id.Value.ToString(CultureInfo.InvariantCulture),
        Format(id.CreatedAt),
        id.CreatedAt.ToUnixTimeMilliseconds(),
        id.Worker,
        id.Sequence,
        Epoch,
        id.Timestamp > clock.Wall + clock.Limits.MaxLead ? Future : null);

    private static string Format(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    internal sealed record DecodedBody(
        string Id, string Timestamp, long TimestampMs, int WorkerId, int Sequence, string Epoch, string? Warning);
}
