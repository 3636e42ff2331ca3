using System.Text.Json;

namespace IdGenerator.Observability.Tests;

/// <summary>Waits for what other processes do: asks again until the answer is yes, and fails with what was last seen.</summary>
internal static class Eventually
{
    public static async Task<T> ReturnsAsync<T>(Func<Task<T>> ask, Func<T, bool> isGood, Func<string>? explain = null)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            string? seen;
            try
            {
                var answer = await ask();
                if (isGood(answer)) return answer;
                seen = JsonSerializer.Serialize(answer);
            }
            catch (HttpRequestException e)
            {
                seen = e.Message;
            }

            Assert.True(Environment.TickCount64 < deadline, $"Last seen: {seen}\n{explain?.Invoke()}");
            await Task.Delay(50);
        }
    }
}
