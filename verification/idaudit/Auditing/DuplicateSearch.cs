namespace IdGenerator.Idaudit.Auditing;

/// <summary>
/// Exact, whatever the order: part after part of the table (see <see cref="IdTable.Parts"/>) is copied, sorted, and
/// neighbours compared. Needs an eighth of the table's memory on top of it; twice as much in all if most IDs are equal.
/// </summary>
internal static class DuplicateSearch
{
    // Each thread has a buffer for one part: two of them are an eighth of the table.
    private const int Threads = 2;

    public static Duplicates Find(IdTable table)
    {
        var found = new Duplicates[IdTable.Parts];
        Parallel.For(0, Threads, thread =>
        {
            int[] parts = [.. Enumerable.Range(0, IdTable.Parts).Where(part => part % Threads == thread)];
            var buffer = table.CreateBuffer(parts);
            foreach (var part in parts) found[part] = FindIn(table.CopyPart(part, buffer));
        });

        var examples = found.SelectMany(part => part.Examples).Order().Take(Tally.MaxExamples);
        return new(found.Sum(part => part.Repeats), found.Sum(part => part.Ids), [.. examples]);
    }

    private static Duplicates FindIn(Span<long> ids)
    {
        ids.Sort();
        var repeats = 0L;
        var different = 0L;
        var examples = new List<long>();
        for (var index = 1; index < ids.Length; index++)
        {
            if (ids[index] != ids[index - 1]) continue;
            repeats++;
            if (index > 1 && ids[index] == ids[index - 2]) continue;
            different++;
            if (examples.Count < Tally.MaxExamples) examples.Add(ids[index]);
        }

        return new(repeats, different, examples);
    }
}

/// <param name="Repeats">Times that an ID was seen again: all IDs less the different ones.</param>
/// <param name="Ids">Different IDs that were seen more than once.</param>
/// <param name="Examples">The smallest of them.</param>
internal sealed record Duplicates(long Repeats, long Ids, IReadOnlyList<long> Examples);
