using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using Microsoft.Extensions.Options;

namespace IdGenerator.InProcess;

/// <summary>One message for each rule that is broken: which setting, what it is, what it may be.</summary>
internal sealed class InProcessIdGeneratorOptionsValidator : IValidateOptions<InProcessIdGeneratorOptions>
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, InProcessIdGeneratorOptions options)
    {
        List<string> faults = [.. FaultsOfWorker(options), .. FaultsOfSpace(options)];
        if (options.WaitAtStart < TimeSpan.Zero || options.WaitAtStart > LongestWait)
            faults.Add(FormattableString.Invariant($"WaitAtStart is {options.WaitAtStart}; allowed is 0 to an hour."));
        switch (options.Store)
        {
            case InProcessStore.File:
                if (options.WorkerId is null && !string.IsNullOrEmpty(options.WorkerIds) && string.IsNullOrEmpty(options.DataDirectory) && Container.IsHere)
                {
                    faults.Add(
                        $"WorkerIds is \"{options.WorkerIds}\" in a container, which does not see the processes of other containers; allowed is WorkerId, " +
                        "another one for each container, or a DataDirectory that all of them share, or Store Kubernetes or Postgres.");
                }

                Directory(options, faults);
                break;
            case InProcessStore.Postgres:
                faults.AddRange(FaultsOfDatabase(options.Postgres));
                break;
            case InProcessStore.Kubernetes:
                faults.AddRange(FaultsOfCluster());
                break;
            default:
                faults.Add($"Store is {options.Store}; allowed is File, Kubernetes, Postgres.");
                break;
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The directory of the file store, which is made where it is the usual one.</summary>
    public static string Directory(InProcessIdGeneratorOptions options, ICollection<string> faults) =>
        DataDirectory.Find(nameof(options.DataDirectory), options.DataDirectory, Environment.GetEnvironmentVariable, faults);

    /// <summary>The same settings in the words of the service's own code.</summary>
    public static PostgresOptions Database(InProcessPostgresOptions options) =>
        new(options.ConnectionString, string.IsNullOrEmpty(options.PasswordFile) ? null : options.PasswordFile, options.TimeoutSeconds);

    private static IEnumerable<string> FaultsOfWorker(InProcessIdGeneratorOptions options)
    {
        if (options.WorkerId is null && string.IsNullOrEmpty(options.WorkerIds))
        {
            yield return $"WorkerId is not set; allowed is 0 to {Layout.MaxWorker}, another one for each process. Or set WorkerIds, for example to 0-63, " +
                "of which the process takes one that is free.";
        }

        if (options.WorkerId is not null && !string.IsNullOrEmpty(options.WorkerIds))
            yield return $"WorkerId is {options.WorkerId} and WorkerIds is \"{options.WorkerIds}\"; allowed is one of them.";
        if (options.WorkerId is < 0 or > Layout.MaxWorker) yield return $"WorkerId is {options.WorkerId}; allowed is 0 to {Layout.MaxWorker}.";
        if (options.WorkerIds is { Length: > 0 } text && WorkerRange.Parse(text) is null)
            yield return $"WorkerIds is \"{text}\"; allowed is first-last, from 0 to {Layout.MaxWorker}, for example 0-63.";
    }

    private static IEnumerable<string> FaultsOfSpace(InProcessIdGeneratorOptions options)
    {
        if (!IdSpace.IsName(options.IdSpace)) yield return $"IdSpace is \"{options.IdSpace}\"; allowed is {IdSpace.Allowed}.";
        else if (options.Store == InProcessStore.Kubernetes && options.IdSpace is ['-', ..] or [.., '-'])
            yield return $"IdSpace is \"{options.IdSpace}\"; allowed in Kubernetes is no dash first or last.";
    }

    private static IEnumerable<string> FaultsOfCluster()
    {
        try
        {
            KubernetesConfig.Load(Environment.GetEnvironmentVariable);
            return [];
        }
        catch (KubernetesConfigException e)
        {
            return [$"Store is Kubernetes, which cannot be reached: {e.Message}"];
        }
    }

    private static IEnumerable<string> FaultsOfDatabase(InProcessPostgresOptions options)
    {
        if (options.TimeoutSeconds is < 1 or > 60) yield return $"Postgres:TimeoutSeconds is {options.TimeoutSeconds}; allowed is 1 to 60.";
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            yield return "Postgres:ConnectionString is not set; allowed is, for example, \"Host=db;Database=ids;Username=ids;SSL Mode=VerifyFull\".";
            yield break;
        }

        foreach (var fault in Database(options).Faults()) yield return fault;
    }
}
