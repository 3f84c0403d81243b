using System.Collections;
using DiaOrleans.Grains.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DiaOrleans.Server.Telemetry;

/// <summary>Collects metrics for /metrics and, if a collector is set, sends metrics and traces there.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "dia-orleans";

    /// <summary>Meters of the server, ASP.NET Core, Kestrel, the runtime and Orleans.</summary>
    private static readonly string[] Meters =
    [
        DiaMetrics.MeterName,
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Runtime",
        "Microsoft.Orleans",
    ];

    /// <summary>OpenTelemetry reads this variable from the configuration: the base address of all signals.</summary>
    private const string CollectorKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the collection of metrics and, if a collector is set, the exporters of metrics and traces.</summary>
    /// <param name="builder">Builder of the server; its configuration gets the collector's address.</param>
    /// <param name="options">The collector.</param>
    /// <param name="silo">Name of this silo, which is the service's instance id.</param>
    public static void AddDiaTelemetry(this WebApplicationBuilder builder, TelemetryOptions options, string silo)
    {
        builder.Configuration.AddInMemoryCollection(Variables(options.CollectorAddress));
        var sends = !string.IsNullOrEmpty(builder.Configuration[CollectorKey]);
        var services = builder.Services;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: Version(), serviceInstanceId: silo))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter();
                if (sends) metrics.AddOtlpExporter();
            });
        // Without a collector no spans are recorded, and grain calls need no filters, each of which costs some microseconds.
        if (!sends) return;
        builder.UseOrleans(silo => silo.AddActivityPropagation());
        telemetry.WithTracing(traces => traces
            .AddAspNetCoreInstrumentation()
            .AddSource(DiaActivity.SourceName)
            .AddSource("Microsoft.Orleans.Application")
            .AddOtlpExporter());
    }

    /// <summary>OpenTelemetry's variables of the environment, with the collector that the settings name.</summary>
    private static Dictionary<string, string?> Variables(Uri? collector)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("OTEL_", StringComparison.Ordinal))
            .ToDictionary(variable => (string)variable.Key, variable => variable.Value as string);
        if (collector is not null) variables[CollectorKey] = collector.ToString();
        return variables;
    }

    private static string Version() => typeof(TelemetryServices).Assembly.GetName().Version!.ToString(fieldCount: 3);
}
