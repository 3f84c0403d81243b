namespace DiaOrleans.Server.Tests.Telemetry;

public sealed class TelemetryServicesTests
{
    [Fact]
    public async Task OtlpEndpoint_Set_ReceivesMetricsAndTraces()
    {
        await using var collector = await Collector.Start();
        await using (var server = await RunningServer.Start(new ServerOptions { OtlpEndpoint = collector.Address }))
        {
            (await server.Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"anna"}"""))).EnsureSuccessStatusCode();
            var speech = new StringContent("""{"text":"A hat.","voice_id":"anna"}""");
            (await server.Client.PostAsync("/generate", speech)).EnsureSuccessStatusCode();
        }

        // What is left is sent when the server stops.
        collector.Has("MetricsService", "dia.engine.steps").ShouldBeTrue();
        collector.Has("MetricsService", "dia-orleans").ShouldBeTrue();
        collector.Has("TraceService", "engine work").ShouldBeTrue();
    }
}
