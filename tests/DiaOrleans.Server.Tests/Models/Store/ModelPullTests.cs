using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Models.Store;

public sealed class ModelPullTests : IAsyncLifetime
{
    private const string Model = "nari-labs/Dia-1.6B";
    private const string Codec = "descript/dac_44khz";

    private static readonly DownloadLimits Limits =
        new() { PieceBytes = 4 << 20, RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 2, StallLimit = TimeSpan.FromSeconds(5) };

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingObserver _observer = new();
    private readonly HttpClient _http = HttpFetch.CreateClient();
    private HubServer _hub = null!;
    private ModelStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await HubServer.Start();
        _hub.AddNano();
        _store = new ModelStore(_folder.File("Modelle – ü"), new HuggingFaceCache(_folder.File("cache")));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_checkpoint_comes_with_its_codec_and_only_the_files_that_are_needed_and_can_be_served()
    {
        var pulled = await Pull();
        pulled.Select(one => (one.Model.Name, one.IsFetched)).ShouldBe([(Model, true), (Codec, true)]);
        Files(Model).ShouldBe([".dia-model.json", "config.json", "generation_config.json", "model.safetensors"]);
        Files(Codec).ShouldBe([".dia-model.json", "config.json", "model.safetensors", "preprocessor_config.json"]);
        var folders = ModelFolder.Find(new EngineOptions { Model = Model }, _store);
        CheckpointReport.Inspect(folders.Model, folders.Codec).Problems.ShouldBeEmpty();
        ModelFolder.Find(new EngineOptions { Model = "dia-1.6b" }, _store).Model.ShouldBe(folders.Model, "a name without its owner");
        _store.All.Select(model => (model.Name, model.Profile, model.FindGap()))
            .ShouldBe([(Codec, "codec", null), (Model, "classic", null)]);
        var (problems, compared) = await _store.Find(Model)!.Verify(CancellationToken.None);
        problems.ShouldBeEmpty();
        compared.ShouldBe(3);
        Directory.GetDirectories(Path.Combine(_store.Folder, ".partial")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_here_and_whole_is_not_asked_for_again_and_what_is_damaged_is()
    {
        await Pull();
        var asked = _hub.ApiRequests;
        (await Pull()).ShouldAllBe(one => !one.IsFetched);
        _hub.ApiRequests.ShouldBe(asked);
        var weights = Path.Combine(_store.Find(Model)!.Folder, "model.safetensors");
        await using (var file = File.OpenWrite(weights)) file.SetLength(1000);
        _store.Find(Model)!.FindGap().ShouldBe("model.safetensors has 1000 bytes instead of 25622704.");
        (await Pull()).Select(one => one.IsFetched).ShouldBe([true, false]);
        _store.Find(Model)!.FindGap().ShouldBeNull();
        await using (var file = File.OpenWrite(weights)) file.WriteByte(1);
        var problem = (await _store.Find(Model)!.Verify(CancellationToken.None)).Problems.ShouldHaveSingleItem();
        problem.ShouldStartWith("model.safetensors is not the published file");
    }

    [Fact]
    public async Task A_pull_that_broke_off_leaves_no_model_and_continues()
    {
        _hub.Fault = request => request.From >= 16 << 20 ? new HubFault { Status = 404 } : null;
        (await Should.ThrowAsync<DownloadException>(Pull())).Fault.ShouldBe(DownloadFault.NotFound);
        _store.Find(Model).ShouldBeNull();
        _store.All.ShouldBeEmpty();
        _store.Unfinished.ShouldHaveSingleItem().Name.ShouldBe(Model);
        _store.Unfinished[0].Size.ShouldBeGreaterThan(4 << 20);
        var brought = _observer.Advanced;
        brought.ShouldBeGreaterThan(4 << 20);
        _hub.Fault = _ => null;
        await Pull();
        _store.Unfinished.ShouldBeEmpty();
        _observer.Advanced.ShouldBe(_store.All.Sum(model => model.Size) - ManifestBytes(), "no byte comes twice");
    }

    [Fact]
    public async Task Two_pulls_at_once_download_once()
    {
        _hub.Fault = _ => new HubFault { Pace = TimeSpan.FromMilliseconds(1) };
        var both = await Task.WhenAll(Pull(), Pull());
        both.SelectMany(pulled => pulled).Count(one => one.IsFetched).ShouldBe(2);
        _observer.Waiting.ShouldContain(Model);
        _hub.Requests.Count(request => request.Path == $"{Model}/config.json").ShouldBe(1);
    }

    [Fact]
    public async Task Room_for_the_codec_is_asked_before_the_weights_of_the_model()
    {
        var most = _hub.Files[$"{Model}/model.safetensors"].Length + 1_000_000;
        var problem = await Should.ThrowAsync<DownloadException>(Pull(space: new DiskSpace(_ => most)));
        (problem.Fault, problem.Message).ShouldBe(
            (DownloadFault.NoSpace, "the disk has no room for it: 0.036 GB are needed and 0.027 GB are free"));
        _hub.Requests.Select(request => request.Path).ShouldBe([$"{Model}/config.json"]);
    }

    [Fact]
    public async Task A_model_of_another_kind_is_refused_before_its_weights_come()
    {
        _hub.Files["a/llm/config.json"] = """{"architectures":["LlamaForCausalLM"],"model_type":"llama"}"""u8.ToArray();
        _hub.Add("a/llm/model.safetensors", 3_000_000);
        var problem = await Should.ThrowAsync<DownloadException>(Pull("a/llm"));
        (problem.Fault, problem.Message).ShouldBe((DownloadFault.Wrong, "it is neither a checkpoint of Dia nor a codec of the DAC kind"));
        _hub.Requests.Select(request => request.Path).ShouldBe(["a/llm/config.json"]);
    }

    [Fact]
    public async Task A_codec_inside_the_model_comes_with_it()
    {
        var nano = ModelFolder.Default();
        foreach (var path in Directory.GetFiles(nano, "*", SearchOption.AllDirectories))
            _hub.Files[$"a/nano/{Path.GetRelativePath(nano, path)}"] = await File.ReadAllBytesAsync(path);
        (await Pull("a/nano")).ShouldHaveSingleItem();
        var folders = ModelFolder.Find(new EngineOptions { Model = "a/nano" }, _store);
        CheckpointReport.Inspect(folders.Model, folders.Codec).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_token_is_needed_where_the_hub_says_so()
    {
        _hub.Token = "secret";
        (await Should.ThrowAsync<DownloadException>(Pull())).Fault.ShouldBe(DownloadFault.Refused);
        await Pull(token: "secret");
        _store.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_api_of_the_hub_is_asked_again_if_it_is_busy()
    {
        _hub.ApiStatus = request => request == 0 ? (429, 1) : request == 1 ? (503, null) : (200, null);
        await Pull();
        _hub.ApiStatus = _ => (404, null);
        (await Should.ThrowAsync<DownloadException>(Pull("a/b"))).Fault.ShouldBe(DownloadFault.NotFound);
        _hub.ApiStatus = _ => (503, null);
        (await Should.ThrowAsync<DownloadException>(Pull("a/b"))).Fault.ShouldBe(DownloadFault.Unavailable);
    }

    [Fact]
    public async Task A_local_folder_serves_as_a_hub()
    {
        foreach (var (path, content) in _hub.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File($"mirror/{path}"))!);
            await File.WriteAllBytesAsync(_folder.File($"mirror/{path}"), content);
        }

        var hub = ModelHubs.Open(_folder.File("mirror"), new HubEnvironment { Cache = "none" }, _http, Limits);
        await new ModelPull(hub, _store, Limits, DiskSpace.OfMachine, _observer).Run(Id(Model), null, false, CancellationToken.None);
        _store.All.ShouldAllBe(model => model.FindGap() == null);
        _store.All.Count.ShouldBe(2);
        _hub.ApiRequests.ShouldBe(0);
    }

    [Fact]
    public async Task A_model_in_the_cache_of_the_hub_is_not_downloaded()
    {
        CacheWithNano.Write(_folder.File("cache"));
        var pulled = await Pull();
        pulled.Select(one => (one.Model.Origin, one.IsFetched)).ShouldBe([(ModelOrigin.HuggingFace, false), (ModelOrigin.Store, true)]);
        var folders = ModelFolder.Find(new EngineOptions { Model = Model }, _store);
        CheckpointReport.Inspect(folders.Model, folders.Codec).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_removed_model_is_gone_with_what_unfinished_pulls_left()
    {
        await Pull();
        _store.Remove(Id(Model)).ShouldBeTrue();
        _store.Find(Model).ShouldBeNull();
        _store.Remove(Id(Model)).ShouldBeFalse();
        _hub.Fault = request => request.Path.EndsWith("model.safetensors") ? new HubFault { Status = 404 } : null;
        await Should.ThrowAsync<DownloadException>(Pull());
        _store.Remove(Id(Model)).ShouldBeTrue();
        Directory.GetDirectories(Path.Combine(_store.Folder, ".partial")).ShouldBeEmpty();
        _store.All.ShouldHaveSingleItem().Name.ShouldBe(Codec);
    }

    [Theory]
    [InlineData("a/dia", "The model a/dia is not on this disk. Get it with: ./run.sh model pull a/dia")]
    [InlineData("some dia", "There is no folder some dia and no model of that name. ./run.sh model list shows those on this disk.")]
    public void A_name_that_is_not_here_is_answered_with_what_to_do(string name, string message)
    {
        var problem = Should.Throw<SettingsException>(() => ModelFolder.Find(new EngineOptions { Model = name }, _store));
        problem.Message.ShouldStartWith(message);
        problem.Setting.ShouldBe("Model");
    }

    [Fact]
    public void The_shipped_model_has_a_name_and_a_folder_is_taken_as_it_is()
    {
        ModelFolder.Find(new EngineOptions { Model = "dia-nano" }, _store).ShouldBe(new ModelFolders(ModelFolder.Default(), null));
        ModelFolder.Find(new EngineOptions { Model = _folder.Path, Codec = _folder.Path }, _store)
            .ShouldBe(new ModelFolders(_folder.Path, _folder.Path));
    }

    private static ModelId Id(string text)
    {
        ModelId.TryParse(text, out var id).ShouldBeTrue();
        return id!;
    }

    private Task<IReadOnlyList<PulledModel>> Pull(string model = Model, string? token = null, DiskSpace? space = null)
    {
        var environment = new HubEnvironment { Cache = "none", Endpoint = _hub.Address.ToString(), Token = token };
        var hub = ModelHubs.Open(null, environment, _http, Limits);
        var pull = new ModelPull(hub, _store, Limits, space ?? DiskSpace.OfMachine, _observer);
        return pull.Run(Id(model), null, false, CancellationToken.None);
    }

    private string[] Files(string model) =>
        [.. Directory.GetFiles(_store.Find(model)!.Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private long ManifestBytes() =>
        _store.All.Sum(model => new FileInfo(Path.Combine(model.Folder, ".dia-model.json")).Length);
}
