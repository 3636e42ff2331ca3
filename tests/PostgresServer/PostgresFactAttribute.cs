using Xunit;

namespace IdGenerator.PostgresServer;

/// <summary>A test against a real PostgreSQL: skipped, and for that reason only, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (Postgres.Programs is null) Skip = "PostgreSQL is not installed (Debian's package postgresql).";
    }
}

/// <summary>As <see cref="PostgresFactAttribute"/>, once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = new PostgresFactAttribute().Skip;
}
