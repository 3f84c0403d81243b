using System.Collections.Concurrent;
using System.Diagnostics;
using DiaOrleans.Grains.Telemetry;

namespace DiaOrleans.Server.Tests.Telemetry;

/// <summary>Spans of one request, from HTTP to the engine.</summary>
public sealed class TracingTests : IDisposable
{
    private const string AspNetCore = "Microsoft.AspNetCore";

    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public TracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is DiaActivity.SourceName or AspNetCore || IsOrleans(source.Name),
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
        (await server.Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"anna"}"""))).EnsureSuccessStatusCode();
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.Add("traceparent", $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01");
        (await server.Client.SendAsync(request)).EnsureSuccessStatusCode();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (EngineWork() is null || !_stopped.Any(activity => activity.Source.Name == AspNetCore)) await Task.Delay(50, limit.Token);

        var work = EngineWork()!;
        ((int)work.GetTagItem("dia.frames")!).ShouldBeGreaterThan(10);
        work.GetTagItem("dia.worker").ShouldBe("local/0");
        Ancestors(work).ShouldContain(activity => IsOrleans(activity.Source.Name));
        Ancestors(work).Last().Source.Name.ShouldBe(AspNetCore);
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsOrleans(string source) => source.StartsWith("Microsoft.Orleans", StringComparison.Ordinal);

    private Activity? EngineWork() => _stopped.FirstOrDefault(activity => activity.Source.Name == DiaActivity.SourceName);

    private IEnumerable<Activity> Ancestors(Activity activity)
    {
        while (_stopped.FirstOrDefault(other => other.SpanId == activity.ParentSpanId) is { } parent)
        {
            yield return parent;
            activity = parent;
        }
    }
}
