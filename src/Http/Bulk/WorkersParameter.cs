using IdGenerator.Http.Answers;

namespace IdGenerator.Http.Bulk;

/// <summary><c>?workers=</c> of <c>/ids/{count}</c>: from how many workers the IDs are to come.</summary>
internal static class WorkersParameter
{
    private const int Most = Layout.MaxWorker + 1;

    public static string Allowed { get; } = $"Workers must be all, or a whole number from 1 to {Most}";

    /// <returns>1 to 1,024; 1 where the parameter is absent; null where it is none of these, or there twice.</returns>
    public static int? Parse(HttpRequest request)
    {
        if (!request.QueryString.HasValue || !request.Query.TryGetValue("workers", out var values)) return 1;
        if (values is not [{ } value]) return null;
        if (value == "all") return Most;
        return Decimals.Parse(value) is >= 1 and <= Most and var number ? (int)number : null;
    }
}
