namespace IdGenerator.Hostile.Fuzzing;

/// <summary>One connection: what is sent over it, and how.</summary>
internal sealed record Case(int Number, IReadOnlyList<Request> Requests, Delivery Delivery, bool EndsSending)
{
    /// <summary>An ordinary request, to see that server and client agree on where they are.</summary>
    public static readonly Request Sync = new();

    public static Case Make(int seed, int number)
    {
        var dice = new Dice(seed, number);
        var requests = new List<Request>();
        for (var left = dice.Pick(1, 1, 2, 4, 20); left > 0; left--)
        {
            var request = dice.Chance(25) ? new() : Make(dice);
            requests.Add(request);
            if (request.Standing != Standing.Sound || request.Persistence != Persistence.Keeps) break;
        }

        // Where the connection goes on, it ends with one that any server can answer.
        var last = requests[^1];
        var goesOn = last.Standing == Standing.Sound && last.Persistence == Persistence.Keeps;
        if (goesOn) requests.Add(Sync);

        var length = requests.Sum(request => request.Bytes.Length);
        var delivery = dice.Pick(Delivery.Whole, Delivery.Whole, Delivery.Steps, Delivery.Pieces, Delivery.Bytes);
        if (delivery == Delivery.Bytes && length > 1_000) delivery = Delivery.Pieces;
        return new(number, requests, delivery, goesOn && dice.Chance(10));
    }

    private static Request Make(Dice dice)
    {
        var request = new Request();
        Methods.Choose(request, dice);
        Targets.Choose(request, dice);
        Versions.Choose(request, dice);
        Accepts.Choose(request, dice);
        HeaderLines.Choose(request, dice);
        Bodies.Choose(request, dice);
        return request;
    }
}

internal enum Delivery
{
    /// <summary>All at once.</summary>
    Whole,

    /// <summary>A request when the last one is answered.</summary>
    Steps,

    /// <summary>Cut anywhere.</summary>
    Pieces,

    /// <summary>Byte by byte.</summary>
    Bytes,
}
