using DiaOrleans.Grains.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DiaOrleans.Server.Telemetry;

/// <summary>Collects metrics for /metrics and, if a collector is set, sends metrics and traces there.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "dia-orleans";

    // Of ASP.NET Core, Kestrel, the runtime and Orleans.
    private static readonly string[] Meters =
        [DiaMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Microsoft.Orleans"];

    // OpenTelemetry reads its own variables from the configuration; this one is the base address of all signals.
    private const string CollectorKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <param name="builder">Of the server; its configuration gets the collector's address.</param>
    /// <param name="options">Who is told.</param>
    /// <param name="silo">Name of this silo: the instance of the service.</param>
    public static void AddDiaTelemetry(this WebApplicationBuilder builder, TelemetryOptions options, string silo)
    {
        if (options.OtlpEndpoint is { } address) builder.Configuration[CollectorKey] = address.ToString();
        var sends = !string.IsNullOrEmpty(builder.Configuration[CollectorKey]);
        var services = builder.Services;
        services.AddSingleton(options);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: Version(), serviceInstanceId: silo))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter();
                if (sends) metrics.AddOtlpExporter();
            });
        // Spans are made only if somebody takes them.
        if (!sends) return;
        telemetry.WithTracing(traces => traces
            .AddAspNetCoreInstrumentation()
            .AddSource(DiaActivity.SourceName)
            .AddSource("Microsoft.Orleans.Application")
            .AddOtlpExporter());
    }

    private static string Version() => typeof(TelemetryServices).Assembly.GetName().Version!.ToString(fieldCount: 3);
}
