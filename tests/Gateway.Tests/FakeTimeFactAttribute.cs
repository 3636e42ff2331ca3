using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>A test of a process with another clock: skipped, and for that reason only, where libfaketime is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeTimeFactAttribute : FactAttribute
{
    public FakeTimeFactAttribute() => Skip = FakeTime.SkipReason;
}
