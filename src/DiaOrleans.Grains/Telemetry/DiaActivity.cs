using System.Diagnostics;

namespace DiaOrleans.Grains.Telemetry;

/// <summary>
/// Spans of this product. They continue the trace of the HTTP request, which Orleans carries from grain to grain and from silo to silo.
/// </summary>
public static class DiaActivity
{
    /// <summary>Name of the only activity source.</summary>
    public const string SourceName = DiaMetrics.MeterName;

    /// <summary>The only activity source. Without a listener, starting an activity returns null and costs nothing.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>Marks the span as failed by <paramref name="cause"/>.</summary>
    public static void Fail(this Activity? activity, Exception cause)
    {
        activity?.SetTag("error.type", cause.GetType().FullName);
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}
