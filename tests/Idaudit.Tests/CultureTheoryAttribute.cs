using IdGenerator.Testing;

namespace IdGenerator.Idaudit.Tests;

/// <summary>A test under other cultures: skipped, and for that reason only, where the library that knows them is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CultureTheoryAttribute : TheoryAttribute
{
    public CultureTheoryAttribute() => Skip = Icu.SkipReason;
}
