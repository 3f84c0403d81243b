using System.Net;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api.Status;

/// <summary>docs/api.md, State of the server, and the lists of voices and models.</summary>
[Collection(nameof(ServerCollection))]
public sealed class StatusEndpointsTests(ServerFixture fixture)
{
    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task Models_have_one_shape_bare_and_another_under_v1()
    {
        var bare = await (await _client.GetAsync("/models")).Json();
        var model = bare.GetProperty("models").EnumerateArray().ShouldHaveSingleItem();
        model.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "name", "description"]);
        (model.GetProperty("id").GetString(), model.GetProperty("name").GetString()).ShouldBe(("dia", "Dia TTS"));
        const string OpenAi = """{"id":"dia","object":"model","created":1745193600,"owned_by":"nari-labs"}""";
        (await _client.GetStringAsync("/v1/models")).ShouldBe($$"""{"object":"list","data":[{{OpenAi}}]}""");
        (await _client.GetStringAsync("/v1/models/dia")).ShouldBe(OpenAi);
        var unknown = await _client.GetAsync("/v1/models/tts-1");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Json()).GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Fact]
    public async Task Listings_of_openai_clients_are_served_with_and_without_v1()
    {
        foreach (var prefix in (string[])["", "/v1"])
        {
            (await _client.GetStringAsync($"{prefix}/audio/models")).ShouldBe(
                """{"models":[{"id":"dia","response_formats":["wav","mp3","opus","aac","flac","pcm"],"max_input_characters":4096}]}""");
            (await _client.GetStringAsync($"{prefix}/audio/voices")).ShouldBe("""{"voices":[{"id":"anna","name":"anna"}]}""");
        }

        // The bare route has another shape, without single models.
        (await _client.GetAsync("/models/dia")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/api/tts/speakers")]
    [InlineData("/v1/api/tts/speakers")]
    public async Task Speakers_are_a_bare_array(string path) => (await _client.GetStringAsync(path)).ShouldBe("""["anna"]""");

    [Fact]
    public async Task Without_a_gpu_the_status_has_none()
    {
        var status = await (await _client.GetAsync("/gpu/status")).Json();
        status.EnumerateObject().Select(p => p.Name).ShouldBe(["gpu_mode", "gpu_count", "allowed_gpus", "use_multi_gpu", "models_loaded"]);
        (
            status.GetProperty("gpu_mode").GetString(),
            status.GetProperty("gpu_count").GetInt32(),
            status.GetProperty("use_multi_gpu").GetBoolean())
            .ShouldBe(("auto", 0, false));
        status.GetProperty("allowed_gpus").GetArrayLength().ShouldBe(0);
        status.GetProperty("models_loaded").EnumerateObject().Select(p => p.Name).ShouldBe(["single_model"]);
    }

    [Theory]
    [InlineData(
        "auto",
        """{"gpu_mode":"auto","gpu_count":3,"allowed_gpus":[0,2],"use_multi_gpu":true,"models_loaded":{"gpu_0":true,"gpu_2":false}""")]
    [InlineData(
        "SINGLE",
        """{"gpu_mode":"single","gpu_count":3,"allowed_gpus":[0,2],"use_multi_gpu":false,"models_loaded":{"single_model":true}"""
        + ""","single_model_gpu":0""")]
    public async Task With_gpus_their_models_and_memory_are_shown(string mode, string expected)
    {
        await using var server = await RunningServer.Start(
            new ServerOptions { GpuMode = mode, GpuIds = "0, 2,7" },
            services: s => s.AddSingleton<IGpus>(new ThreeGpus()));
        while (!(await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean()) await Task.Delay(50);
        (await server.Client.GetStringAsync("/gpu/status")).ShouldBe(
            expected
            + ""","gpu_memory":{"gpu_0":{"allocated_gb":1.5,"reserved_gb":1.5,"total_gb":80,"free_gb":78.5},"gpu_2":{"error":"NVML """
            + """error 15: GPU is lost"}}}""");
    }

    private sealed class ThreeGpus : IGpus
    {
        public IReadOnlyList<int> Numbers => [0, 1, 2];

        public GpuMemory ReadMemory(int gpu) =>
            gpu == 0 ? new GpuMemory(3L << 29, 80L << 30) : new GpuMemory(0, 0, "NVML error 15: GPU is lost");
    }

    [Theory]
    [InlineData(
        "auto",
        1,
        """{"gpu_mode":"auto","gpu_count":1,"allowed_gpus":[0],"use_multi_gpu":false,"models_loaded":{"single_model":true}"""
        + ""","single_model_gpu":0,""")]
    [InlineData(
        "multi",
        1,
        """{"gpu_mode":"multi","gpu_count":1,"allowed_gpus":[0],"use_multi_gpu":true,"models_loaded":{"gpu_0":true},""")]
    [InlineData(
        "multi",
        0,
        """{"gpu_mode":"multi","gpu_count":0,"allowed_gpus":[],"use_multi_gpu":false,"models_loaded":{"single_model":true}}""")]
    [InlineData(
        "single",
        0,
        """{"gpu_mode":"single","gpu_count":0,"allowed_gpus":[],"use_multi_gpu":false,"models_loaded":{"single_model":true}}""")]
    public async Task Each_mode_has_its_own_keys(string mode, int gpus, string start)
    {
        await using var server = await RunningServer.Start(
            new ServerOptions { GpuMode = mode },
            services: s => s.AddSingleton<IGpus>(new SomeGpus(gpus)).AddSingleton<ISpeechEngineFactory>(new ScriptedEngine()));
        while (!(await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean()) await Task.Delay(20);
        const string Memory = """
            "gpu_memory":{"gpu_0":{"allocated_gb":1.23,"reserved_gb":1.23,"total_gb":23.99,"free_gb":22.76}}}
            """;
        (await server.Client.GetStringAsync("/v1/gpu/status")).ShouldBe(gpus == 0 ? start : start + Memory);
    }

    [Fact]
    public async Task Without_a_loaded_model_no_gpu_is_named()
    {
        var engine = new ScriptedEngine { Loaded = Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) };
        await using var server = await RunningServer.Start(
            services: s => s.AddSingleton<IGpus>(new SomeGpus(1)).AddSingleton<ISpeechEngineFactory>(engine));
        var status = await (await server.Client.GetAsync("/gpu/status")).Json();
        status.TryGetProperty("single_model_gpu", out _).ShouldBeFalse();
        status.GetProperty("models_loaded").GetRawText().ShouldBe("""{"single_model":false}""");
        (await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("/models/dia", 404)]
    [InlineData("/v1/models/dia", 200)]
    [InlineData("/v1/models/DIA", 404)]
    public async Task One_model_is_found_by_its_id_under_v1(string path, int status) =>
        ((int)(await _client.GetAsync(path)).StatusCode).ShouldBe(status);

    private sealed class SomeGpus(int count) : IGpus
    {
        public IReadOnlyList<int> Numbers => [.. Enumerable.Range(0, count)];

        public GpuMemory ReadMemory(int gpu) => new(1320000000, 25757220864);
    }
}
