namespace IdGenerator.Faults;

/// <summary>One entry of the schedule.</summary>
/// <param name="At">Seconds after the load began; later, if what it touches is still busy.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Worker">To which worker; <see cref="ApiServer"/> for none.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Amount">What the kind wants to know: an offset in seconds, a share of requests.</param>
internal sealed record Fault(double At, FaultKind Kind, int Worker, double Seconds, double Amount)
{
    public const int ApiServer = -1;

    public override string ToString() =>
        $"{At,6:0.0} s  {(Worker == ApiServer ? "API server" : $"worker {Worker}"),-10}  {FaultType.Of(Kind).Name}, {Seconds:0.0} s, {Amount:0.0##}";
}
