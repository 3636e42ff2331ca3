using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Net.Http.Headers;

namespace IdGenerator.Http.Api;

/// <summary>
/// Browsers say that they read HTML, and programs do not: <c>curl</c> sends <c>Accept: */*</c>. For any other request an endpoint with
/// <see cref="Mark"/> does not exist, so it is answered with 404 and counted as one without a route.
/// </summary>
internal sealed class BrowsersOnly : MatcherPolicy, IEndpointSelectorPolicy
{
    public static readonly object Mark = new BrowsersOnlyMark();

    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsMarked);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        if (IsForBrowser(httpContext.Request)) return Task.CompletedTask;
        for (var index = 0; index < candidates.Count; index++)
            if (IsMarked(candidates[index].Endpoint)) candidates.SetValidity(index, false);
        return Task.CompletedTask;
    }

    private static bool IsMarked(Endpoint endpoint) => endpoint.Metadata.GetMetadata<BrowsersOnlyMark>() is not null;

    private static bool IsForBrowser(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges)
        && ranges.Any(range => range.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && range.Quality is not 0);

    private sealed class BrowsersOnlyMark;
}
