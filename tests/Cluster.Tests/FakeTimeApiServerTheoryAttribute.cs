using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>As <see cref="ApiServerTheoryAttribute"/>, for processes with clocks of their own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeTimeApiServerTheoryAttribute : TheoryAttribute
{
    public FakeTimeApiServerTheoryAttribute() => Skip = new ApiServerTheoryAttribute().Skip ?? FakeTime.SkipReason;
}
