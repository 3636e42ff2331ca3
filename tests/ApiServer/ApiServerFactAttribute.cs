using Xunit;

namespace IdGenerator.ApiServer;

/// <summary>A test against a real API server: skipped, and for that reason only, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiServerFactAttribute : FactAttribute
{
    public ApiServerFactAttribute()
    {
        if (Assets.Directory is null)
            Skip = $"{Assets.Variable} is not set: it names the directory of etcd, kube-apiserver and kubectl.";
    }
}

/// <summary>As <see cref="ApiServerFactAttribute"/>, once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiServerTheoryAttribute : TheoryAttribute
{
    public ApiServerTheoryAttribute() => Skip = new ApiServerFactAttribute().Skip;
}
