namespace IdGenerator.Leases;

/// <summary>Why a worker ID is not, or no longer, this process's. Final: the process should say so and end.</summary>
/// <param name="Reason">What kind of reason.</param>
/// <param name="Message">One line for whoever runs the process: what is wrong and what to do about it.</param>
public sealed record LeaseRefusal(RefusalReason Reason, string Message);

public enum RefusalReason
{
    /// <summary>Another live process holds the worker ID.</summary>
    Conflict,

    /// <summary>The record was made with another epoch or other bits.</summary>
    Layout,

    /// <summary>The store cannot be used as configured: no permission, or a record that cannot be read.</summary>
    Store,
}
