using System.Globalization;
using System.Text.Json.Serialization;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Diagnostics;

namespace IdGenerator.Http.Answers;

/// <summary>Every error is <c>{"error":"…"}</c>.</summary>
internal static class Errors
{
    public static Task WriteErrorAsync(this HttpResponse response, int status, string message)
    {
        response.StatusCode = status;
        return response.WriteJsonAsync(new ErrorBody(message), ErrorJson.Default.ErrorBody);
    }

    /// <summary>503 with the reason and <c>Retry-After</c> (RFC 9110, section 10.2.3: whole seconds).</summary>
    public static Task WriteUnavailableAsync(this HttpResponse response, Unavailable refusal)
    {
        response.Headers.RetryAfter = RetryAfter(refusal.RetryAfter);
        return response.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, refusal.Reason);
    }

    public static string RetryAfter(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Gives a body to the errors that the framework answers without one.</summary>
    public static Task WriteStatusAsync(StatusCodeContext context)
    {
        var response = context.HttpContext.Response;
        return response.WriteErrorAsync(response.StatusCode, response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "Not found",
            StatusCodes.Status405MethodNotAllowed => "Method not allowed",
            _ => "Request failed",
        });
    }

    public static Task WriteUnexpectedAsync(HttpContext context) =>
        context.Response.WriteErrorAsync(StatusCodes.Status500InternalServerError, "Internal error; the log says more");

    internal sealed record ErrorBody(string Error);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Errors.ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
