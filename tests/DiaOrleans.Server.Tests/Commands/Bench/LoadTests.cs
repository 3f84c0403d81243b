using System.Net;
using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Commands.Bench.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Commands.Bench;

public sealed class LoadTests
{
    [Fact]
    public void Percentiles_are_values_by_the_nearest_rank()
    {
        Percentiles.Of([]).ShouldBeNull();
        Percentiles.Of([5]).ShouldBe(new Percentiles(5, 5, 5));
        Percentiles.Of(Enumerable.Range(1, 200).Reverse().Select(i => (double)i)).ShouldBe(new Percentiles(100, 190, 198));
    }

    [Fact]
    public void A_player_stands_still_when_it_has_played_all_that_came()
    {
        var playback = new Playback();
        playback.Add(10, 100);
        playback.Add(10.5, 100);
        playback.Add(13, 100);
        playback.Add(13.2, 100);
        playback.Begin.ShouldBe(10);
        // 100 bytes are a second: the first two play until 12, the third comes at 13.
        var (underruns, silence) = playback.Measure(4);
        underruns.ShouldBe(1);
        silence.ShouldBe(1, 1e-9);
        playback.Measure(40).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(40, 160)]
    [InlineData(300, 300)]
    public void Texts_have_the_spread_that_was_asked_for_and_do_not_change(int shortest, int longest)
    {
        var texts = new LoadTexts(shortest, longest, seed: 3);
        var all = Enumerable.Range(0, 200).Select(i => texts[i]).ToArray();
        all.ShouldAllBe(text => text.Length > 0 && text.Length <= longest + 1);
        all.ShouldBe(Enumerable.Range(0, 200).Select(i => new LoadTexts(shortest, longest, 3)[i]));
        if (shortest == 40) all.Distinct().Count().ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("40-160", 40, 160)]
    [InlineData("7", 7, 7)]
    public void A_spread_is_two_lengths(string text, int from, int to) => LoadArguments.ReadSpread(text).ShouldBe((from, to));

    [Theory]
    [InlineData("")]
    [InlineData("9-1")]
    [InlineData("0-5")]
    [InlineData("1-2-3")]
    public void A_wrong_spread_is_refused(string text) => Should.Throw<FormatException>(() => LoadArguments.ReadSpread(text));

    [Fact]
    public void Several_loads_are_runs_and_wrong_ones_are_refused()
    {
        var plan = new LoadPlan { Server = new Uri("http://localhost/") };
        LoadArguments.ReadLoads(plan, "1,8", null).Select(load => load.Clients).ShouldBe([1, 8]);
        LoadArguments.ReadLoads(plan, "1", "0.5,2").Select(load => load.Plan.Rate).ShouldBe([0.5, 2]);
        Should.Throw<FormatException>(() => LoadArguments.ReadLoads(plan, "0", null)).Message.ShouldContain("--clients is '0'");
        Should.Throw<FormatException>(() => LoadArguments.ReadLoads(plan, "1", "many")).Message.ShouldContain("--rate is 'many'");
    }

    [Theory]
    [InlineData(LoadRoute.Generate, false, "wav")]
    [InlineData(LoadRoute.OpenAi, true, "wav")]
    [InlineData(LoadRoute.Job, false, "wav")]
    public async Task A_server_is_measured_on_each_route(object route, bool isStreamed, string format)
    {
        await using var server = await RunningServer.Start();
        var plan = new LoadPlan
        {
            Server = server.Address,
            Route = (LoadRoute)route,
            IsStreamed = isStreamed,
            Format = format,
            ShortestText = 10,
            LongestText = 30,
            Duration = TimeSpan.FromSeconds(1),
        };
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var run = new LoadRun(http, plan, new Progress<double>());
        (await run.WarmUp(CancellationToken.None)).Outcome.ShouldBe("200");
        var result = await run.Run(clients: 2, CancellationToken.None);
        result.Failures.ShouldBeEmpty();
        result.Requests.ShouldBeGreaterThan(1);
        result.AudioPerSecond.ShouldBeGreaterThan(0.2);
        result.FirstByte!.P50.ShouldBeInRange(0.001, result.Whole!.P50);
        result.Whole.P99.ShouldBeLessThan(60);
        result.StreamsWithUnderruns.HasValue.ShouldBe(isStreamed);
        if (OperatingSystem.IsLinux()) result.PeakRssMib.ShouldNotBeNull().ShouldBeInRange(30, 20_000);
    }

    [Fact]
    public async Task Refusals_failures_and_what_a_wait_was_worth_are_counted()
    {
        var number = 0;
        await using var server = await Fake(context => Interlocked.Increment(ref number) switch
        {
            1 => Answer(context, 429, retryAfter: "1"),
            3 => Answer(context, 500),
            4 => Answer(context, 200, body: []),
            _ => Answer(context, 200, body: Wave(seconds: 2)),
        });
        var plan = new LoadPlan
        {
            Server = Address(server),
            Route = LoadRoute.OpenAi,
            Voice = "alloy",
            Rate = 20,
            Duration = TimeSpan.FromSeconds(1),
        };
        using var http = new HttpClient();
        var samples = new LoadClient(http, plan);
        var refused = await samples.Measure(0, CancellationToken.None);
        (refused.Outcome, refused.AskedWait, refused.Audio).ShouldBe(("200", 1, 2));
        refused.NeededWait.ShouldNotBeNull().ShouldBeInRange(0.4, 10);
        (await samples.Measure(1, CancellationToken.None)).Outcome.ShouldBe("500");
        (await samples.Measure(2, CancellationToken.None)).Outcome.ShouldBe("no audio");
        var result = await new LoadRun(http, plan, new Progress<double>()).Run(clients: 0, CancellationToken.None);
        result.Requests.ShouldBeInRange(5, 60);
        result.Clients.ShouldBeNull();
        result.AudioPerSecond.ShouldBe(result.Requests * 2 / result.Seconds, 1e-6);
        await server.StopAsync();
        (await samples.Measure(3, CancellationToken.None)).Outcome.ShouldBe("broken connection");
    }

    private static byte[] Wave(int seconds)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(uint.MaxValue);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write([1, 0, 1, 0]);
        writer.Write(8000);
        writer.Write(16000);
        writer.Write([2, 0, 16, 0]);
        writer.Write("data"u8);
        writer.Write(uint.MaxValue);
        writer.Write(new byte[16000 * seconds]);
        return file.ToArray();
    }

    private static async Task Answer(HttpContext context, int status, string? retryAfter = null, byte[]? body = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        if (body is not null) await context.Response.Body.WriteAsync(body);
    }

    private static async Task<WebApplication> Fake(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/v1/audio/speech", answer);
        await app.StartAsync();
        return app;
    }

    private static Uri Address(WebApplication app) => new(app.Urls.Single() + "/");
}
