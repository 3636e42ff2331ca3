using System.Diagnostics;

namespace IdGenerator.Faults;

internal static class Wait
{
    /// <summary>Looks again and again, because another process is to get there.</summary>
    /// <returns>Whether it did, within so many seconds.</returns>
    public static async Task<bool> ForAsync(Func<bool> condition, double seconds)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed.TotalSeconds > seconds) return false;
            await Task.Delay(20);
        }

        return true;
    }

    public static Task SecondsAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));
}
