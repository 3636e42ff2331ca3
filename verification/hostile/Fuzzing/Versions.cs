namespace IdGenerator.Hostile.Fuzzing;

internal static class Versions
{
    public static void Choose(Request request, Dice dice)
    {
        var roll = dice.Number(1, 100);
        if (roll <= 90) return;
        if (roll <= 95)
        {
            request.Version = "HTTP/1.0";
            request.Persistence = Persistence.Closes;
            if (dice.Chance(30)) request.Headers.Clear();
            // Without a length, a body of 1.0 ends where the connection does.
            if (request.Method is "POST" or "PUT") request.Doubt();
        }
        else
        {
            request.Version = dice.Pick(
                "HTTP/2.0", "HTTP/3", "HTTP/1.2", "HTTP/0.9", "HTTP/11", "HTTP/1.1.1", "HTTP/1,1", "http/1.1", "HTTPS/1.1", "HTTP/", "XXX",
                "HTTP/1.1 ", "HTTP/1.1 x", "", "HTTP/9999999999.1", "HTTP/-1.1", new string('H', 5_000));
            // Some servers take a later 1.x for 1.1, and a trailing space for nothing.
            if (request.Version is "HTTP/1.2" or "HTTP/1.1 ") request.Doubt();
            else request.Spoil();
        }
    }
}
