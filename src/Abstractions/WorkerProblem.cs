namespace IdGenerator;

/// <summary>Why a worker gives no IDs.</summary>
/// <param name="Worker">The worker ID.</param>
/// <param name="Problem">The worker's own words, or what happened to the call.</param>
public sealed record WorkerProblem(int Worker, string Problem);
