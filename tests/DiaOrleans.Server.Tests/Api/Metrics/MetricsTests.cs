using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api.Metrics;

/// <summary>GET /metrics; docs/api.md, State of the server.</summary>
[Collection(nameof(RunsAlone))]
public sealed partial class MetricsTests
{
    private const string Body = """{"text":"Where is my hat?","voice_id":"anna","seed":7}""";

    [Fact]
    public async Task Get_AfterWork_CountsSteps()
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"anna"}"""))).EnsureSuccessStatusCode();
        var before = Value(await server.Client.GetStringAsync("/metrics"), "dia_engine_steps_total");
        for (var i = 0; i < 2; i++)
            (await server.Client.PostAsync("/generate", new StringContent(Body))).EnsureSuccessStatusCode();
        var job = await server.Client.PostAsync("/generate?async_mode=true", new StringContent(Body));
        job.EnsureSuccessStatusCode();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string text;
        do
        {
            await Task.Delay(200, limit.Token);
            text = await server.Client.GetStringAsync("/v1/metrics");
        }
        while (Value(text, "dia_jobs{", "dia_job_state=\"completed\"") < 1 || Value(text, "dia_speech_requests_total{", "background") < 1);

        Value(text, "dia_engine_steps_total").ShouldBeGreaterThan(before + 50);
        Value(text, "dia_engine_frames_total").ShouldBe(Value(text, "dia_engine_steps_total"), "with one slot a step advances one call");
        Value(text, "dia_engine_step_duration_seconds_count").ShouldBe(Value(text, "dia_engine_steps_total"));
        Value(text, "dia_engine_batch_size_sum").ShouldBe(Value(text, "dia_engine_frames_total"));
        Value(text, "dia_engine_slots_active", "dia_worker=\"local/0\"").ShouldBe(0);
        Value(text, "dia_engine_queue_length", "dia_worker=\"local/0\"").ShouldBe(0);
        Value(text, "dia_engine_queue_audio_seconds", "dia_worker=\"local/0\"").ShouldBe(0);
        Value(text, "dia_speech_requests_total{", "waiting").ShouldBe(2);
        Value(text, "dia_speech_time_to_first_audio_seconds_count{", "waiting").ShouldBe(2);
        Value(text, "dia_speech_real_time_factor", "_count", "waiting").ShouldBe(2);
        Value(text, "dia_speech_audio_seconds_total{", "waiting").ShouldBeGreaterThan(0.5);
        Value(text, "http_server_request_duration_seconds_count").ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("X-Real-IP", "192.0.2.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Get_ThroughProxy_IsRefusedUnlessPublic(string header, string value)
    {
        await using var closed = await RunningServer.Start();
        (await Get(closed, "/metrics", header, value)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await (await Get(closed, "/metrics", header, value)).Detail()).ShouldContain("PublicMetrics");
        await using var open = await RunningServer.Start(new ServerOptions { PublicMetrics = true });
        (await Get(open, "/v1/metrics", header, value)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_WithKeyConfigured_RemoteReadersNeedIt()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret", PublicMetrics = true });
        (await server.Client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get(server, "/metrics", "X-Forwarded-For", "192.0.2.1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Get(server, "/metrics", "X-Forwarded-For", "192.0.2.1", "secret")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var closed = await RunningServer.Start(new ServerOptions { ApiKey = "secret" });
        (await Get(closed, "/metrics", "X-Forwarded-For", "192.0.2.1", "secret")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Post_IsNotAllowed()
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PostAsync("/metrics", null)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    private static Task<HttpResponseMessage> Get(RunningServer server, string path, string header, string value, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        if (key is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        return server.Client.SendAsync(request);
    }

    /// <summary>The sum of all series whose name and labels contain every part; 0 without one.</summary>
    private static double Value(string text, params string[] parts) => Series().Matches(text)
        .Where(line => Array.TrueForAll(parts, part => line.Groups["series"].Value.Contains(part, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<series>[a-z]\S*(?:\{.*\})?) (?<value>[0-9.eE+-]+)( \d+)?\r?$", RegexOptions.Multiline)]
    private static partial Regex Series();
}
