using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Telemetry;

/// <summary>To whom the server shows its metrics and traces.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>
    /// Base address of an OpenTelemetry collector (OTLP), http or https, for example http://127.0.0.1:4317; null takes the variable
    /// OTEL_EXPORTER_OTLP_ENDPOINT, and if that is not set nothing is sent. The other variables of OpenTelemetry's specification
    /// (OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_EXPORTER_OTLP_HEADERS and others) have their effect.
    /// </summary>
    [HttpUrl]
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether /metrics also answers other machines, with the API key if there is one; off by default.</summary>
    public bool PublicMetrics { get; init; }

    /// <summary><see cref="OtlpEndpoint"/> as an address; null if it is not set.</summary>
    public Uri? CollectorAddress => string.IsNullOrEmpty(OtlpEndpoint) ? null : new Uri(OtlpEndpoint);
}
