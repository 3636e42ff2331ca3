namespace IdGenerator.OpenApi;

/// <summary>Prints a line for each thing that is checked.</summary>
internal sealed class Report(string generator)
{
    /// <param name="what">What should be, as a sentence.</param>
    /// <param name="check">Says what is wrong, or throws; null where all is well.</param>
    public async Task CheckAsync(string what, Func<Task<string?>> check)
    {
        string? wrong;
        try
        {
            wrong = await check();
        }
        catch (Exception e)
        {
            wrong = $"{e.GetType().Name}: {e.Message}";
        }

        Console.WriteLine(wrong is null ? $"ok   {generator}: {what}" : $"FAIL {generator}: {what}: {wrong.ReplaceLineEndings(" ")}");
    }
}
