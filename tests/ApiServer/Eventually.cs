namespace IdGenerator.ApiServer;

internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Asks again and again, in real time, because another process is to get there.</summary>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new TimeoutException($"Not in time: {what}.");
            await Task.Delay(50);
        }
    }
}
