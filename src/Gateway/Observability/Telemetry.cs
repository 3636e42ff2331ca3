using System.Reflection;
using IdGenerator.Gateway.Configuration;
using IdGenerator.Gateway.Connections;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IdGenerator.Gateway.Observability;

/// <summary>
/// Metrics, for whoever scrapes <c>/metrics</c>; metrics and traces, to an OpenTelemetry collector where the standard
/// variables name one (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
/// </summary>
public static class Telemetry
{
    public const string MeterName = "IdGenerator";

    internal static string Version { get; } = typeof(Telemetry).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static void AddTelemetry(this WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<ProcessMetrics>();
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerMetrics>(provider, settings.Lease));
        services.AddSingleton(provider => BuildMetrics(provider, settings));
        if (IsSet(builder.Configuration, "TRACES"))
        {
            // ASP.NET Core leaves the attributes of the semantic conventions out unless told.
            AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
            var hasSampler = !string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]);
            services.AddSingleton(_ => BuildTraces(settings, hasSampler));
        }
    }

    /// <summary>Starts what <see cref="AddTelemetry"/> added; the container stops it. Routes come after it.</summary>
    internal static void UseTelemetry(this WebApplication app)
    {
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetService<TracerProvider>();
        app.UseMiddleware<RequestMetricsMiddleware>();
    }

    private static MeterProvider BuildMetrics(IServiceProvider services, Settings settings)
    {
        services.GetRequiredService<WorkerMetrics>().Register();
        services.GetRequiredService<ProcessMetrics>().Register();
        services.GetRequiredService<RuntimeMetrics>().Register();
        services.GetRequiredService<ConnectionMetrics>().Register();

        var configuration = services.GetRequiredService<IConfiguration>();
        var metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => Describe(resource, settings))
            .AddMeter(MeterName, RuntimeMetrics.MeterName, RuntimeMetrics.OrleansMeterName)
            .AddView(RuntimeMetrics.View)
            .AddPrometheusExporter(Describe);
        if (IsSet(configuration, "TRACES")) metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
        if (IsSet(configuration, "METRICS")) metrics.AddOtlpExporter();
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

    private static TracerProvider BuildTraces(Settings settings, bool hasSampler)
    {
        var traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => Describe(resource, settings))
            .AddSource("Microsoft.AspNetCore", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
            .AddOtlpExporter();

        // A service that answers in microseconds starts no traces unless told to; it takes part in those of its callers.
        if (!hasSampler) traces.SetSampler(new ParentBasedSampler(new AlwaysOffSampler()));
        return traces.Build();
    }

    private static bool IsSet(IConfiguration configuration, string signal) =>
        !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
        || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);

    private static void Describe(ResourceBuilder resource, Settings settings) => resource
        .Clear()
        .AddService("id-generator", serviceVersion: Version, serviceInstanceId: settings.Holder.Name)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
