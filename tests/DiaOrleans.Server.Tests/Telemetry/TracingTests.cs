using System.Collections.Concurrent;
using System.Diagnostics;
using DiaOrleans.Grains.Telemetry;

namespace DiaOrleans.Server.Tests.Telemetry;

/// <summary>Spans of one request, from HTTP to the engine.</summary>
public sealed class TracingTests : IDisposable
{
    private const string AspNetCore = "Microsoft.AspNetCore";
    private const string Orleans = "Microsoft.Orleans";
    private const string Voice = """{"voice_id":"anna"}""";

    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public TracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source.Name is DiaActivity.SourceName or AspNetCore || source.Name.StartsWith(Orleans, StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _trace) _stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Theory]
    [InlineData("/generate", """{"text":"Where is my hat?","voice_id":"anna","seed":7}""")]
    [InlineData("/v1/audio/speech", """{"input":"Where is my hat?","voice":"anna","stream":true}""")]
    public async Task EngineWork_OfRequest_BelongsToItsTrace(string path, string body)
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PostAsync("/voice_mappings", new StringContent(Voice))).EnsureSuccessStatusCode();
        await Send(server, path, body);
        var work = await Wait(DiaActivity.SourceName);

        ((int)work.GetTagItem("dia.frames")!).ShouldBeGreaterThan(10);
        work.GetTagItem("dia.worker").ShouldBe("local/0");
        Ancestors(work).Last().Source.Name.ShouldBe(AspNetCore);
    }

    [Fact]
    public async Task GrainCall_OfRequest_BelongsToItsTraceIfTracesAreSent()
    {
        await using var collector = await Collector.Start();
        await using var server = await RunningServer.Start(new ServerOptions { OtlpEndpoint = collector.Address });
        await Send(server, "/voice_mappings", Voice);
        Ancestors(await Wait(Orleans)).Last().Source.Name.ShouldBe(AspNetCore);
    }

    public void Dispose() => _listener.Dispose();

    private async Task Send(RunningServer server, string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.Add("traceparent", $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01");
        (await server.Client.SendAsync(request)).EnsureSuccessStatusCode();
    }

    /// <summary>A span of a source, when the request has ended.</summary>
    private async Task<Activity> Wait(string source)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var isEnded = _stopped.Any(activity => activity.Source.Name == AspNetCore);
            var found = _stopped.FirstOrDefault(activity => activity.Source.Name.StartsWith(source, StringComparison.Ordinal));
            if (isEnded && found is not null) return found;
            await Task.Delay(50, limit.Token);
        }
    }

    private IEnumerable<Activity> Ancestors(Activity activity)
    {
        while (_stopped.FirstOrDefault(other => other.SpanId == activity.ParentSpanId) is { } parent)
        {
            yield return parent;
            activity = parent;
        }
    }
}
