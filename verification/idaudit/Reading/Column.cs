using System.Globalization;

namespace IdGenerator.Idaudit.Reading;

/// <summary>The column of a table that its IDs are in.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Header">Its name, by the first line; null where that is a line of IDs already.</param>
internal sealed record Column(int Number, string? Header)
{
    /// <param name="fields">Of the first line: names, or values already.</param>
    /// <param name="wanted">A name or a number; null where none was chosen.</param>
    /// <exception cref="UnreadableException">Says which columns there are.</exception>
    public static Column Choose(IReadOnlyList<string> fields, string? wanted)
    {
        if (wanted is null && fields.Count > 1) throw Refuse("it has several columns, choose one with --column NAME|NUMBER", fields);
        if (wanted is null) return Of(fields, 1);

        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number > 0 && number <= fields.Count ? Of(fields, number) : throw Refuse($"it has no column {number}", fields);
        }

        int[] matches = [.. Enumerable.Range(1, fields.Count).Where(candidate => fields[candidate - 1] == wanted)];
        return matches switch
        {
            [var match] => new(match, wanted),
            [] => throw Refuse($"it has no column {wanted}", fields),
            _ => throw Refuse($"it has several columns {wanted}, choose one by its number", fields),
        };
    }

    private static Column Of(IReadOnlyList<string> fields, int number)
    {
        var field = fields[number - 1];
        if (!Table.CanBeName(field)) return new(number, null);
        if (Table.IsName(field)) return new(number, field);
        throw new UnreadableException(
            $"its first value, {Shown.Of(field)}, is neither an ID nor the name of a column (--format text takes it for an invalid ID)", isCut: false);
    }

    private static UnreadableException Refuse(string reason, IReadOnlyList<string> fields)
    {
        var columns = fields.Select((field, index) => $"{index + 1} {Shown.Of(field)}");
        return new($"{reason}: {string.Join(", ", columns)}", isCut: false);
    }
}
