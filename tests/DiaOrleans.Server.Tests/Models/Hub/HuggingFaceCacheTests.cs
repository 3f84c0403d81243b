using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;

namespace DiaOrleans.Server.Tests.Models.Hub;

public sealed class HuggingFaceCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cache_with_links_is_used_as_it_is()
    {
        CacheWithNano.Write(_folder.Path);
        var store = new ModelStore(_folder.File("none"), new HuggingFaceCache(_folder.Path));
        var model = store.All.ShouldHaveSingleItem();
        (model.Name, model.Profile, model.Origin).ShouldBe(("nari-labs/Dia-1.6B", "classic", ModelOrigin.HuggingFace));
        model.Size.ShouldBeGreaterThan(20_000_000, "the size of the blobs, not of the links");
        model.FindGap().ShouldBeNull();
        var (problems, compared) = await model.Verify(CancellationToken.None);
        problems.ShouldBeEmpty();
        compared.ShouldBe(3);
        var weights = Directory.GetFiles(_folder.File("models--nari-labs--Dia-1.6B/blobs")).MaxBy(path => new FileInfo(path).Length)!;
        await using (var file = File.OpenWrite(weights))
        {
            file.Position = file.Length - 1;
            file.WriteByte(99);
        }

        (await model.Verify(CancellationToken.None)).Problems.Count.ShouldBe(1);
    }

    [Fact]
    public void The_revision_main_is_taken_and_else_the_newest_snapshot()
    {
        var cache = new HuggingFaceCache(_folder.Path);
        ModelId.TryParse("a/b", out var id).ShouldBeTrue();
        cache.Find(id).ShouldBeNull();
        foreach (var commit in (string[])["old", "new"]) Directory.CreateDirectory(_folder.File($"models--a--b/snapshots/{commit}"));
        Directory.SetLastWriteTimeUtc(_folder.File("models--a--b/snapshots/old"), DateTime.UnixEpoch);
        cache.Find(id).ShouldBe(_folder.File("models--a--b/snapshots/new"));
        Directory.CreateDirectory(_folder.File("models--a--b/refs"));
        File.WriteAllText(_folder.File("models--a--b/refs/main"), "old\n");
        cache.Find(id).ShouldBe(_folder.File("models--a--b/snapshots/old"));
        cache.Find(id, "new").ShouldBe(_folder.File("models--a--b/snapshots/new"));
    }

    [Theory]
    [InlineData("/x/cache", "HF_HUB_CACHE=/x/cache", "HF_HOME=/y")]
    [InlineData("/y/hub", "HF_HOME=/y", "XDG_CACHE_HOME=/z")]
    [InlineData("/z/huggingface/hub", "XDG_CACHE_HOME=/z", "HF_HOME=")]
    public void The_environment_names_it(string expected, params string[] variables)
    {
        var set = variables.Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        HubEnvironment.Read(name => set.GetValueOrDefault(name)).Cache.ShouldBe(expected);
    }
}
