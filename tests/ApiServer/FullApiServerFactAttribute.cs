using Xunit;

namespace IdGenerator.ApiServer;

/// <summary>As <see cref="ApiServerFactAttribute"/>, for a test that takes minutes of real time.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullApiServerFactAttribute : FactAttribute
{
    public FullApiServerFactAttribute() => Skip = new ApiServerFactAttribute().Skip
        ?? (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FULL")) ? "It takes minutes: FULL=1 runs it." : null);
}
