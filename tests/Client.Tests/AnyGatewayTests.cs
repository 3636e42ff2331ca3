using Orleans.CodeGeneration;

namespace IdGenerator.Client.Tests;

public sealed class AnyGatewayTests
{
    /// <summary>
    /// With Orleans' default, all requests to a worker go through one gateway, and while that hangs, a healthy worker does not answer.
    /// <c>verification/client</c> shows what callers feel of that.
    /// </summary>
    [Theory]
    [InlineData("ISnowflakeGrain", 2)]
    [InlineData("ILiveWorkersGrain", 1)]
    public void Requests_go_through_one_gateway_after_the_other(string grain, int methods)
    {
        var requests = typeof(ISnowflakeGrain).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(RequestBase)) && type.Name.StartsWith($"Invokable_{grain}", StringComparison.Ordinal))
            .Select(type => ((RequestBase)Activator.CreateInstance(type)!).Options);

        Assert.Equal(methods, requests.Count(options => options.HasFlag(InvokeMethodOptions.Unordered)));
    }
}
