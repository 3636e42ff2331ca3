using Microsoft.Extensions.Options;

namespace IdGenerator.Client;

/// <summary>One message for each rule that is broken: which setting, what it is, what it may be.</summary>
internal sealed class IdGeneratorClientOptionsValidator : IValidateOptions<IdGeneratorClientOptions>
{
    /// <summary>A day. Timers take no more than 49 days; nobody waits for a day.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, IdGeneratorClientOptions options)
    {
        var of = string.IsNullOrEmpty(name) ? "" : $" of the client \"{name}\"";
        List<string> faults = [];
        Check(options.MaxBatch is >= 1 and <= 4_096, nameof(options.MaxBatch), options.MaxBatch, "1 to 4096");
        CheckTime(nameof(options.MaxAge), options.MaxAge);
        CheckTime(nameof(options.CallTimeout), options.CallTimeout);
        CheckTime(nameof(options.GiveUpAfter), options.GiveUpAfter);
        Check(options.CallTimeout <= options.GiveUpAfter, nameof(options.CallTimeout), options.CallTimeout, $"at most GiveUpAfter ({options.GiveUpAfter})");
        Check(!string.IsNullOrWhiteSpace(options.ClusterId), nameof(options.ClusterId), "empty", "the cluster's ID");
        foreach (var gateway in options.Gateways)
            Check(GatewayAddress.TryParse(gateway, out _, out _), nameof(options.Gateways), $"\"{gateway}\"", "host:port");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void CheckTime(string setting, TimeSpan value) => Check(value > TimeSpan.Zero && value <= Longest, setting, value, "above 0 and at most a day");

        void Check(bool isRight, string setting, object value, string allowed)
        {
            if (!isRight) faults.Add(FormattableString.Invariant($"{setting}{of} is {value}: it must be {allowed}."));
        }
    }
}
