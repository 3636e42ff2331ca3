using IdGenerator.PostgresLeases;
using Microsoft.Extensions.Options;

namespace IdGenerator.Client;

/// <summary>One message for each rule that is broken: which setting, and what is allowed.</summary>
internal sealed class IdGeneratorPostgresOptionsValidator : IValidateOptions<IdGeneratorPostgresOptions>
{
    public ValidateOptionsResult Validate(string? name, IdGeneratorPostgresOptions options)
    {
        List<string> faults = [];
        if (options.TimeoutSeconds is < 1 or > 60) faults.Add($"Postgres:TimeoutSeconds is {options.TimeoutSeconds}; allowed is 1 to 60.");
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            faults.Add("Postgres:ConnectionString is not set; allowed is, for example, \"Host=db;Database=ids;Username=reader;SSL Mode=VerifyFull\".");
        else faults.AddRange(Database(options).Faults());
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The same settings in the words of the silos' own code.</summary>
    public static PostgresOptions Database(IdGeneratorPostgresOptions options) =>
        new(options.ConnectionString, string.IsNullOrEmpty(options.PasswordFile) ? null : options.PasswordFile, options.TimeoutSeconds);
}
