using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace IdGenerator.Http.Answers;

internal static class JsonResponse
{
    /// <summary>Sends <paramref name="body"/> with its length. Leaves the status as it is.</summary>
    public static async Task WriteJsonAsync<T>(this HttpResponse response, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted);
    }
}
