namespace IdGenerator.Hostile.Pressure;

/// <summary>How the service took what was done to it.</summary>
internal readonly record struct Finding(bool IsRight, string Details);
