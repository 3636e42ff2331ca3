using Microsoft.AspNetCore.Http;

namespace IdGenerator.Kubernetes.Tests;

internal static class Answers
{
    public const string AnyLease = """{"metadata":{"name":"a","resourceVersion":"7","uid":"u"},"spec":{}}""";

    public static RequestDelegate Lease { get; } = Text(AnyLease);

    public static RequestDelegate Text(string text, int status = 200) => context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    };

    /// <summary>As the API server says it: with a Status object.</summary>
    public static RequestDelegate Status(int status, string message = "because", string? retryAfter = null) => context =>
    {
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Text($$"""{"kind":"Status","message":"{{message}}"}""", status)(context);
    };

    public static RequestDelegate CutInTheMiddle { get; } = async context =>
    {
        context.Response.ContentLength = 1_000;
        await context.Response.WriteAsync("""{"metadata":""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    };

    /// <summary>Nothing, until the client gives up.</summary>
    public static RequestDelegate Never { get; } = async context =>
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    };
}
