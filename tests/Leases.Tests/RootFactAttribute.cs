namespace IdGenerator.Leases.Tests;

/// <summary>A test of what only root can bring about: skipped, and for that reason only, where another user runs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root can do this.";
}
