namespace IdGenerator.Leases;

/// <summary>Whether a process may keep its record where it wants to.</summary>
/// <param name="Refusal">Why it may not, and what to set; null where it may.</param>
/// <param name="Warning">What an operator should know, though it may.</param>
public sealed record RegistryAnswer(string? Refusal, string? Warning)
{
    internal static RegistryAnswer Agreed { get; } = new(null, null);

    internal static RegistryAnswer Refuse(string why) => new(why, null);

    internal static RegistryAnswer Warn(string what) => new(null, what);

    internal static RegistryAnswer Unchecked(string why) => new(
        null, $"Nothing tells whether another user or data directory of this host has had the worker ID before: {why}");
}
