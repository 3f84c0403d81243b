using System.Diagnostics;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Tests.Blobs;

public sealed class FolderBlobStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dia-blobs-").FullName;
    private readonly FolderBlobStore _store;

    public FolderBlobStoreTests() => _store = new FolderBlobStore(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_written_blob_is_read_found_and_listed()
    {
        await _store.Write("f/b.bin", new byte[] { 1, 2, 3 });
        await _store.Write("f/a.bin", Array.Empty<byte>());
        (await Content("f/b.bin")).ShouldBe([1, 2, 3]);
        (await _store.Find("f/b.bin"))!.Size.ShouldBe(3);
        (await _store.List("f")).Select(blob => (blob.Key, blob.Size)).ShouldBe([("f/a.bin", 0L), ("f/b.bin", 3L)]);
    }

    [Fact]
    public async Task A_missing_blob_is_null()
    {
        (await _store.OpenRead("f/none")).ShouldBeNull();
        (await _store.Find("f/none")).ShouldBeNull();
        (await _store.Delete("f/none")).ShouldBeFalse();
        (await _store.List("f")).ShouldBeEmpty();
        await _store.Write("f/other", new byte[1]);
        (await _store.OpenRead("f/none")).ShouldBeNull();
    }

    [Fact]
    public async Task A_replaced_blob_is_replaced_whole_and_open_streams_keep_the_old_content()
    {
        await _store.Write("f/x", new byte[] { 1, 1, 1, 1 });
        await using var old = await _store.OpenRead("f/x");
        await _store.Write("f/x", new byte[] { 2 });
        (await Content("f/x")).ShouldBe([2]);
        var rest = new MemoryStream();
        await old!.CopyToAsync(rest);
        rest.ToArray().ShouldBe([1, 1, 1, 1]);
    }

    [Fact]
    public async Task A_deleted_blob_is_gone()
    {
        await _store.Write("f/x", new byte[1]);
        (await _store.Delete("f/x")).ShouldBeTrue();
        (await _store.OpenRead("f/x")).ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_write_leaves_nothing()
    {
        await _store.Write("f/x", new byte[] { 1 });
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_store.Write("f/x", new byte[] { 2 }, stop.Token));
        (await Content("f/x")).ShouldBe([1]);
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

    [Fact]
    public async Task A_whole_blob_is_read_up_to_a_limit()
    {
        await _store.Write("f/x", new byte[] { 1, 2, 3 });
        (await _store.ReadAll("f/x", 3, default)).ShouldBe([1, 2, 3]);
        (await _store.ReadAll("f/none", 3, default)).ShouldBeNull();
        await Should.ThrowAsync<IOException>(_store.ReadAll("f/x", 2, default));
    }

    [Fact]
    public async Task Keys_that_leave_the_folder_are_refused()
    {
        await Should.ThrowAsync<ArgumentException>(_store.Write("../x", new byte[1]));
        await Should.ThrowAsync<ArgumentException>(() => _store.OpenRead("f/../../x"));
        await Should.ThrowAsync<ArgumentException>(() => _store.List(".."));
    }

    private async Task<byte[]> Content(string key)
    {
        await using var stream = await _store.OpenRead(key);
        var content = new MemoryStream();
        await stream!.CopyToAsync(content);
        return content.ToArray();
    }
}
