using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>See <see cref="FakeTimeFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeTimeTheoryAttribute : TheoryAttribute
{
    public FakeTimeTheoryAttribute() => Skip = FakeTime.SkipReason;
}
