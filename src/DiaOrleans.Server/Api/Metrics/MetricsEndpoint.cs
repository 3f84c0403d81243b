namespace DiaOrleans.Server.Api.Metrics;

/// <summary><c>GET /metrics</c> in the text format of Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pipeline = routes.CreateApplicationBuilder();
        pipeline.Use(routes.ServiceProvider.GetRequiredService<MetricsAccess>().Check);
        pipeline.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true);
        routes.MapGet("/metrics", pipeline.Build());
    }
}
