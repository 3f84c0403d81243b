using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Speed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Server.Tests.Models.Speed;

public sealed class SpeedTests : IDisposable
{
    private static readonly SpeedKey Key = new("processor, 2 cores", "dia, 9 bytes", "cpu", "fp32", 0);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_speed_is_kept_for_its_machine_model_device_precision_and_threads()
    {
        var records = new SpeedRecords(_folder.Path);
        records.Find(Key).ShouldBeNull();
        records.Keep(new MeasuredSpeed(Key, 0.5, DateTimeOffset.UnixEpoch));
        records.Keep(new MeasuredSpeed(Key with { Threads = 2 }, 0.8, DateTimeOffset.UnixEpoch));
        records.Keep(new MeasuredSpeed(Key, 0.6, DateTimeOffset.UnixEpoch));
        var later = new SpeedRecords(_folder.Path);
        later.Find(Key)!.Factor.ShouldBe(0.6);
        later.Find(Key with { Threads = 2 })!.Factor.ShouldBe(0.8);
        later.Find(Key with { Precision = "int8" }).ShouldBeNull();
        later.Find(Key with { Machine = "other" }).ShouldBeNull();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":2,"speeds":[{}]}""")]
    public void A_file_that_cannot_be_read_is_measured_again(string text)
    {
        Directory.CreateDirectory(_folder.File("cache"));
        File.WriteAllText(_folder.File("cache/speed.json"), text);
        var records = new SpeedRecords(_folder.Path);
        records.Find(Key).ShouldBeNull();
        records.Keep(new MeasuredSpeed(Key, 2, DateTimeOffset.UnixEpoch));
        records.Find(Key).ShouldNotBeNull();
    }

    [Fact]
    public void What_would_help_fits_the_settings()
    {
        var slow = new MeasuredSpeed(Key with { Threads = 1 }, 0.13, DateTimeOffset.UnixEpoch);
        slow.IsRealTime.ShouldBeFalse();
        slow.Describe().ShouldBe("fp32 on cpu: about 0.13 times real time, codec included");
        slow.Advise(["int8", "int4"]).ShouldStartWith("What would help: another precision (int8, int4), ");
        slow.Advise([]).ShouldNotContain("precision");
        (slow with { Key = Key }).Advise([]).ShouldNotContain("threads");
    }

    [Fact]
    public async Task An_idle_engine_is_measured_and_a_busy_one_is_left_alone()
    {
        var model = new ModelOptions { Folder = ModelFolder.Default() };
        await using var engine = SpeechEngine.Open(model, NullLogger<SpeechEngine>.Instance);
        var probe = new SpeedProbe(TimeProvider.System);
        (await probe.Measure(engine, CancellationToken.None)).ShouldNotBeNull().ShouldBeInRange(0.5, 500);
        engine.Load.Active.ShouldBe(0);
        var call = new SpeechCall { TextIds = TextIds.Encode("[S1] 1234 5678"), MaxFrames = 1000, Seed = 1 };
        var busy = engine.TryStart(call).Run!;
        (await probe.Measure(engine, CancellationToken.None)).ShouldBeNull();
        busy.Cancel();
        await busy.Ended;
    }

    [Fact]
    public async Task A_call_that_comes_during_a_measurement_ends_it_at_once()
    {
        var model = new ModelOptions { Folder = ModelFolder.Default() };
        await using var engine = SpeechEngine.Open(model, NullLogger<SpeechEngine>.Instance);
        using var stop = new CancellationTokenSource();
        var measuring = new SpeedProbe(TimeProvider.System).Measure(engine, stop.Token);
        while (engine.Load.Active == 0) await Task.Yield();
        var call = engine.TryStart(new SpeechCall { TextIds = TextIds.Encode("[S1] Where is my hat?"), MaxFrames = 300, Seed = 1 }).Run!;
        await call.Ended;
        call.Failure.ShouldBeNull();
        (await measuring).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_measures_its_model_once_in_the_background()
    {
        await using var server = await RunningServer.Start(new ServerOptions { MeasureSpeed = true }, _folder.Path);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(_folder.File("cache/speed.json"))) await Task.Delay(100, limit.Token);
        var key = server.App.Services.GetRequiredService<EngineModel>().For("cpu");
        new SpeedRecords(_folder.Path).Find(SpeedKey.Create(key)).ShouldNotBeNull().Factor.ShouldBeGreaterThan(0.5);
    }
}
