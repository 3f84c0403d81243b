namespace DiaOrleans.Server.Telemetry;

/// <summary>What this server tells of itself, and to whom.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>
    /// Base address of an OpenTelemetry collector (OTLP), for example http://127.0.0.1:4317; null takes OTEL_EXPORTER_OTLP_ENDPOINT, and without that nothing is sent.
    /// The other variables of OpenTelemetry's specification (OTEL_EXPORTER_OTLP_PROTOCOL, _HEADERS and others) hold.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Answers /metrics to other machines too, and then asks for the API key if there is one. Off: to this machine alone.</summary>
    public bool PublicMetrics { get; init; }
}
