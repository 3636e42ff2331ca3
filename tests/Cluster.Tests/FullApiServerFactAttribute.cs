using IdGenerator.ApiServer;

namespace IdGenerator.Cluster.Tests;

/// <summary>As <see cref="ApiServerFactAttribute"/>, for a test that takes minutes of real time.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullApiServerFactAttribute : FactAttribute
{
    public FullApiServerFactAttribute() => Skip = new ApiServerFactAttribute().Skip
        ?? (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FULL")) ? "It takes two minutes: FULL=1 runs it." : null);
}
