using System.Diagnostics;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Tests.Blobs;

public sealed class FolderBlobStoreTests : BlobStoreTests, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dia-blobs-").FullName;
    private readonly FolderBlobStore _store;

    public FolderBlobStoreTests() => _store = new FolderBlobStore(_root);

    protected override IBlobStore Store => _store;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Open_streams_keep_the_old_content()
    {
        await _store.Write("f/x", new byte[] { 1, 1, 1, 1 });
        await using var old = await _store.OpenRead("f/x");
        await _store.Write("f/x", new byte[] { 2 });
        (await Rest(old!)).ShouldBe([1, 1, 1, 1]);
    }

    [Fact]
    public async Task A_cancelled_write_leaves_no_file()
    {
        await _store.Write("f/x", new byte[] { 1 });
        await Should.ThrowAsync<OperationCanceledException>(
            () => _store.Write("f/x", new byte[] { 2 }, new CancellationToken(canceled: true)));
        Directory.GetFiles(Path.Combine(_root, "f")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Files_of_users_are_listed_and_unfinished_files_and_unsafe_names_are_not()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "f")).FullName;
        string[] names = ["my voice.mp3", ".writing-123", "a:b.wav"];
        foreach (var name in names) await File.WriteAllTextAsync(Path.Combine(folder, name), "x");
        Directory.CreateDirectory(Path.Combine(folder, "inner.wav"));
        (await _store.List("f")).Select(blob => blob.Key).ShouldBe(["f/my voice.mp3"]);
    }

    [Fact]
    public async Task Symbolic_links_are_not_blobs()
    {
        await _store.Write("f/real.wav", new byte[] { 1 });
        var outside = Path.Combine(_root, "secret");
        await File.WriteAllTextAsync(outside, "x");
        File.CreateSymbolicLink(Path.Combine(_root, "f", "out.wav"), outside);
        File.CreateSymbolicLink(Path.Combine(_root, "f", "in.wav"), Path.Combine(_root, "f", "real.wav"));
        (await _store.List("f")).Select(blob => blob.Key).ShouldBe(["f/real.wav"]);
        foreach (var key in (string[])["f/out.wav", "f/in.wav"])
        {
            (await _store.Find(key)).ShouldBeNull();
            (await _store.OpenRead(key)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_pipe_without_a_writer_is_an_empty_blob_and_is_not_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes in folders");
        var folder = Directory.CreateDirectory(Path.Combine(_root, "f")).FullName;
        using (var mkfifo = Process.Start("mkfifo", Path.Combine(folder, "pipe.wav"))) await mkfifo.WaitForExitAsync();
        (await Task.Run(() => _store.ReadAll("f/pipe.wav", 100, default)).WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe([]);
    }
}
