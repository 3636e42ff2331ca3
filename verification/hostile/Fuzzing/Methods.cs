namespace IdGenerator.Hostile.Fuzzing;

internal static class Methods
{
    public static void Choose(Request request, Dice dice)
    {
        var roll = dice.Number(1, 100);
        if (roll <= 70) return;
        if (roll <= 82) request.Method = "HEAD";
        else if (roll <= 94)
        {
            request.Method = dice.Pick(
                "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO", "PROPFIND", "QUERY", "GETS", "GE", "M-SEARCH", "!#$%&'*+-.^_`|~",
                dice.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 20, 200));
        }
        else if (roll <= 97)
        {
            // A method's case matters (RFC 9110, section 9.1), but not to every server.
            request.Method = dice.Pick("get", "Get", "gET", "head", "Head", "post", "CONNECT");
            request.Doubt();
        }
        else
        {
            request.Method = dice.Pick("", " GET", "G ET", "GET\t", "G\0T", "\x80GET", "GET,", "(GET)", "\"GET\"", "GET:");
            request.Spoil();
        }
    }
}
