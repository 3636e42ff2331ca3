using Orleans.CodeGeneration;

namespace IdGenerator.Client;

/// <summary>
/// Calls of this method may take another way each: clients of Orleans send them through one gateway after the other. Without it the calls to a
/// grain would stay with the gateway of the first one, and while that silo hangs, no call would arrive, though the grain's own silo is well.
/// The order of calls that are under way together is not kept; no caller relies on it.
/// </summary>
/// <remarks>Orleans' own <c>Unordered</c> attribute is read by nobody in 10.4.2; this is what its attributes for methods do.</remarks>
[AttributeUsage(AttributeTargets.Method)]
[InvokableCustomInitializer(nameof(Orleans.Runtime.RequestBase.AddInvokeMethodOptions), InvokeMethodOptions.Unordered)]
internal sealed class AnyGatewayAttribute : Attribute;
