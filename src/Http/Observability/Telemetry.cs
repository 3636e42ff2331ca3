using System.Reflection;
using System.Security.Cryptography;
using IdGenerator.Leases;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IdGenerator.Http.Observability;

/// <summary>
/// Metrics, for whoever scrapes <c>/metrics</c>; metrics and traces, to an OpenTelemetry collector where the standard
/// variables name one (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
/// </summary>
public static class Telemetry
{
    public const string MeterName = "IdGenerator";

    internal static string Version { get; } = typeof(Telemetry).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <param name="builder">Of the service.</param>
    /// <param name="lease">For the metric that says how far ahead a renewal reserves.</param>
    /// <param name="instance">What tells this process from the others, in OpenTelemetry's service.instance.id.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, LeaseOptions lease, string instance)
    {
        var services = builder.Services;
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<IInstruments, ProcessMetrics>();
        services.AddSingleton<IInstruments, RuntimeMetrics>();
        services.AddSingleton<IInstruments>(provider => ActivatorUtilities.CreateInstance<WorkerMetrics>(provider, lease));
        services.AddSingleton(provider => BuildMetrics(provider, instance));
        if (IsPushed(builder.Configuration, "TRACES"))
        {
            // ASP.NET Core leaves the attributes of the semantic conventions out unless told.
            AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
            var hasSampler = !string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]);
            services.AddSingleton(_ => BuildTraces(instance, hasSampler));
        }
    }

    /// <summary>
    /// Starts what <see cref="AddTelemetry"/> added; the container stops it. Which values the SDK refuses, only the SDK knows: headers
    /// without a name, a certificate that is not there.
    /// </summary>
    /// <returns>Whether it could; if not, <paramref name="errors"/> says why, in one line.</returns>
    public static bool TryStartTelemetry(this WebApplication app, TextWriter errors)
    {
        try
        {
            app.Services.GetRequiredService<MeterProvider>();
            app.Services.GetService<TracerProvider>();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or IOException or CryptographicException)
        {
            errors.WriteLine($"OpenTelemetry does not take a setting of its own (OTEL_…): {e.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    /// <summary>Counts requests. Routes come after it.</summary>
    internal static void UseTelemetry(this WebApplication app) => app.UseMiddleware<RequestMetricsMiddleware>();

    private static MeterProvider BuildMetrics(IServiceProvider services, string instance)
    {
        foreach (var instruments in services.GetServices<IInstruments>()) instruments.Register();

        var configuration = services.GetRequiredService<IConfiguration>();
        var metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => Describe(resource, instance))
            .AddMeter(MeterName, RuntimeMetrics.MeterName, RuntimeMetrics.OrleansMeterName)
            .AddView(RuntimeMetrics.View)
            .AddPrometheusExporter(Describe);
        if (IsPushed(configuration, "TRACES")) metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
        if (IsPushed(configuration, "METRICS")) metrics.AddOtlpExporter();
        return metrics.Build();
    }

    /// <summary>
    /// Series are named and labelled by their instruments alone. The labels that Prometheus adds say where a series comes from.
    /// </summary>
    private static void Describe(PrometheusAspNetCoreOptions prometheus)
    {
        prometheus.ScopeInfoEnabled = false;
        prometheus.TargetInfoEnabled = false;
    }

    private static TracerProvider BuildTraces(string instance, bool hasSampler)
    {
        var traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => Describe(resource, instance))
            .AddSource("Microsoft.AspNetCore", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
            .AddOtlpExporter();

        // A service that answers in microseconds starts no traces unless told to; it takes part in those of its callers.
        if (!hasSampler) traces.SetSampler(new ParentBasedSampler(new AlwaysOffSampler()));
        return traces.Build();
    }

    /// <summary>
    /// Whether a signal is pushed. <c>OTEL_METRICS_EXPORTER</c> and <c>OTEL_TRACES_EXPORTER</c> decide where they are set
    /// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#exporter-selection), which the SDK leaves to
    /// the program; elsewhere an endpoint does, because most who run this have no collector.
    /// </summary>
    private static bool IsPushed(IConfiguration configuration, string signal)
    {
        var exporters = configuration[$"OTEL_{signal}_EXPORTER"];
        if (!string.IsNullOrEmpty(exporters))
            return exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase);
        return !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
            || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
    }

    private static void Describe(ResourceBuilder resource, string instance) => resource
        .Clear()
        .AddService("id-generator", serviceVersion: Version, serviceInstanceId: instance)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
