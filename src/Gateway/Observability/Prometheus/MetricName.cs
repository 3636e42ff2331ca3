using System.Text;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>
/// Names of Prometheus metrics, as OpenTelemetry maps them: punctuation becomes underscores, the unit is spelled out at the
/// end. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
/// </summary>
internal static class MetricName
{
    /// <param name="name">The name of the instrument.</param>
    /// <param name="unit">What <see cref="UnitOf"/> says.</param>
    /// <param name="type">The Prometheus type.</param>
    /// <returns>The name of the family: a counter's samples add <c>_total</c>.</returns>
    public static string Of(string name, string unit, string type)
    {
        var result = Sanitize(name);
        if (type == "counter") result = WithoutSuffix(result, "_total");
        // The suffix of histograms; promtool complains of it elsewhere.
        if (type == "gauge") result = WithoutSuffix(result, "_count");
        return unit.Length == 0 || result.EndsWith("_" + unit, StringComparison.Ordinal) ? result : $"{result}_{unit}";
    }

    /// <summary>
    /// The Prometheus unit of a UCUM code (https://ucum.org/ucum); empty for what has none: <c>{annotations}</c> and
    /// whatever our instruments and the runtime's do not use.
    /// </summary>
    public static string UnitOf(string? code) => code switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        _ => "",
    };

    /// <summary>Also right for labels: they may not have the colon that names may have, and neither gets one.</summary>
    public static string Sanitize(string name)
    {
        var result = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) result.Append('_');
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c)) result.Append(c);
            else if (result.Length == 0 || result[^1] != '_') result.Append('_');
        }

        return result.ToString();
    }

    private static string WithoutSuffix(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
}
