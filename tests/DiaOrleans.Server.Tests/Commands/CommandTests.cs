using System.Text.Json;
using DiaOrleans.Inference.Benchmarks;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Commands.Model;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Tests.Commands;

public sealed class CommandTests
{
    [Fact]
    public void Bench_prints_one_object_of_the_documented_names()
    {
        var options = new DecodeBenchmarkOptions(ModelFolder.Default(), Streams: 2, Steps: 5, Threads: 1)
        {
            Device = new DeviceRequest { Device = "cpu", Precision = "int8" },
        };
        var json = JsonDocument.Parse(BenchCommand.ToJson(DecodeBenchmark.Run(options))).RootElement;
        json.EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "step_ms_median", "step_ms_min", "real_time_factor", "real_time_factor_each", "model", "device", "precision", "streams",
            "threads", "quantise_seconds", "load_seconds", "peak_rss_mib", "anonymous_rss_mib", "step_weight_mb", "memory_gb_per_second",
            "memory_limit_share",
        ]);
        json.GetProperty("device").GetString().ShouldBe("cpu");
        json.GetProperty("precision").GetString().ShouldBe("int8");
        json.GetProperty("real_time_factor").GetDouble().ShouldBe(2 * json.GetProperty("real_time_factor_each").GetDouble(), 1e-6);
        // 7.9 M weights of the decoder's linear maps, a byte and an eighth each.
        json.GetProperty("step_weight_mb").GetDouble().ShouldBeInRange(8, 10);
        json.GetProperty("step_ms_min").GetDouble().ShouldBeInRange(0.01, json.GetProperty("step_ms_median").GetDouble());
        json.GetProperty("real_time_factor").GetDouble().ShouldBeGreaterThan(0.1);
        json.GetProperty("model").GetString().ShouldBe("dia-nano");
        json.GetProperty("streams").GetInt32().ShouldBe(2);
        json.GetProperty("threads").GetInt32().ShouldBe(1);
        json.GetProperty("peak_rss_mib").GetDouble().ShouldBeInRange(30, 4096);
    }

    [Fact]
    public void Bench_with_random_weights_needs_only_a_config()
    {
        var folder = Directory.CreateTempSubdirectory("dia-config-only-").FullName;
        File.Copy(Path.Combine(ModelFolder.Default(), "config.json"), Path.Combine(folder, "config.json"));
        DecodeBenchmark.Run(new DecodeBenchmarkOptions(folder, Steps: 3, RandomWeights: true)).StepMsMedian.ShouldBeGreaterThan(0);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("--streams", "0", "--streams is 0; expected 1 to 256.")]
    [InlineData("--streams", "100000", "--streams is 100000; expected 1 to 256.")]
    [InlineData("--steps", "-1", "--steps is -1; expected 1 to 1000000.")]
    [InlineData("--threads", "-1", "--threads is -1; expected 0 to 1024.")]
    public void Bench_refuses_counts_out_of_range(string option, string value, string problem) =>
        BenchCommand.Create().Parse(["decode", "--model", ".", option, value]).Errors.Select(e => e.Message).ShouldBe([problem]);

    [Fact]
    public void Bench_refuses_a_count_that_is_not_a_number() =>
        BenchCommand.Create().Parse(["decode", "--model", ".", "--steps", "many"])
            .Errors.ShouldHaveSingleItem().Message.ShouldContain("many");

    [Theory]
    [InlineData("19999", "--kept is 19999; expected 20000 or more.")]
    [InlineData("-1", "--kept is -1; expected 20000 or more.")]
    [InlineData("all", "all")]
    public void Bench_of_jobs_refuses_a_number_that_is_too_small_or_none(string kept, string problem) =>
        BenchCommand.Create().Parse(["jobs", "--kept", kept]).Errors.ShouldHaveSingleItem().Message.ShouldContain(problem);

    [Fact]
    public async Task Inspect_exits_with_1_for_a_checkpoint_with_problems_and_0_for_a_valid_one()
    {
        (await ModelInspectCommand.Create().Parse([ModelFolder.Default()]).InvokeAsync()).ShouldBe(0);
        (await ModelInspectCommand.Create().Parse([Path.GetTempPath()]).InvokeAsync()).ShouldBe(1);
        (await ModelInspectCommand.Create().Parse([ModelFolder.Default(), "--profile", "2"]).InvokeAsync()).ShouldBe(2);
    }

    [Fact]
    public void Doctor_finds_no_problem_on_a_machine_that_passes_these_tests()
    {
        var data = Path.Combine(Path.GetTempPath(), $"dia-doctor-{Guid.NewGuid():N}");
        Finding[] findings =
        [
            Checks.Runtime(), Checks.Machine(), Checks.OnnxRuntime(), DatabaseCheck.Run(data, new DatabaseOptions()),
            Checks.Model(new EngineOptions(), Store(data)),
        ];
        foreach (var finding in findings) finding.Verdict.ShouldBe(Verdict.Ok, finding.Found);
        Directory.Exists(data).ShouldBeFalse("a check leaves nothing behind");
        Checks.Audio().Select(f => f.Check).ShouldBe(["libsndfile", "libmp3lame", "libopusenc", "libFLAC", "SoundTouch", "ffmpeg"]);
    }

    [Fact]
    public void Doctor_says_whether_speech_can_be_recognised_and_with_which_models()
    {
        using var folder = new TemporaryFolder();
        var models = Path.Combine(folder.Path, "whisper_models");
        var off = Checks.SpeechRecognition(new RecognitionOptions { WhisperDownloads = false }, isOn: true, folder.Path);
        (off.Verdict, off.Found).ShouldBe((Verdict.Warning, $"Whisper.net; no model in {models}, and downloads are off"));
        var missing = Checks.SpeechRecognition(new RecognitionOptions(), isOn: true, folder.Path);
        (missing.Verdict, missing.Found)
            .ShouldBe((Verdict.Ok, $"Whisper.net; no model in {models} yet, the first request for a transcription downloads it"));
        File.WriteAllText(folder.File("ggml-base.bin"), "");
        File.WriteAllText(folder.File("ggml-large-v3.bin"), "");
        Checks.SpeechRecognition(new RecognitionOptions { WhisperModels = folder.Path }, isOn: true, "data")
            .ShouldBe(new Finding("speech recognition", Verdict.Ok, $"Whisper.net; models in {folder.Path}: base, large"));
        Checks.SpeechRecognition(new RecognitionOptions(), isOn: false, folder.Path).Found.ShouldStartWith("off here");
        Checks.Network(new RecognitionOptions(), isOn: false).Found.ShouldStartWith("the server fetches nothing");
    }

    [Theory]
    [InlineData(null, "if a client asks")]
    [InlineData(true, "if a recording waits")]
    [InlineData(false, "looks up no name")]
    public void Doctor_says_what_is_fetched_and_when(bool? downloads, string condition)
    {
        const string Mirror = "https://mirror.example/models";
        var finding = Checks.Network(new RecognitionOptions { WhisperDownloads = downloads, WhisperModelUrl = Mirror }, isOn: true);
        finding.Verdict.ShouldBe(Verdict.Ok);
        finding.Found.ShouldContain(condition);
        finding.Found.ShouldContain("sends no usage data");
        finding.Found.Contains("from mirror.example").ShouldBe(downloads != false);
        finding.Found.ShouldContain("DIA_WHISPER_DOWNLOADS");
    }

    [Fact]
    public async Task Doctor_takes_settings_as_the_server_does()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("settings.json"), """{"Dia":{"Port":70000}}""");
        string[] arguments = ["--settings", folder.File("settings.json"), "--data", folder.File("data"), "--json"];
        (await DoctorCommand.Create().Parse(arguments).InvokeAsync()).ShouldBe(1);
        (await DoctorCommand.Create().Parse([.. arguments, "--port", "7861"]).InvokeAsync()).ShouldBe(0);
    }

    [Fact]
    public void Doctor_names_what_is_wrong_and_what_to_do()
    {
        var model = Checks.Model(new EngineOptions { Model = Path.GetTempPath() }, Store(Path.GetTempPath()));
        (model.Verdict, model.Advice).ShouldBe((Verdict.Problem, "Name a sound checkpoint folder with --model."));
        var file = Path.GetTempFileName();
        DatabaseCheck.Run(file, new DatabaseOptions()).Verdict.ShouldBe(Verdict.Problem);
        File.Delete(file);
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var other in (FolderServer?[])[null, new FolderServer(7, port + 1)])
            Checks.Port(port, other).Verdict.ShouldBe(Verdict.Warning);
        Checks.Port(port, new FolderServer(7, port)).Verdict.ShouldBe(Verdict.Ok);
    }

    private static ModelStore Store(string folder) => new(folder, new HuggingFaceCache(Path.Combine(folder, "hub")));
}
