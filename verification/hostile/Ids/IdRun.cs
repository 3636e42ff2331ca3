namespace IdGenerator.Hostile.Ids;

/// <summary>Consecutive integers.</summary>
internal readonly record struct IdRun(long First, long Count)
{
    public long End => First + Count;
}
