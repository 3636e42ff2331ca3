namespace IdGenerator.Faults;

/// <summary>The run could not do its job: nothing is said of the service.</summary>
internal sealed class HarnessException(string message) : Exception(message);
