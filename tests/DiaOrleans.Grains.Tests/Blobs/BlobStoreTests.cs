using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Tests.Blobs;

/// <summary>What every blob store does.</summary>
public abstract class BlobStoreTests
{
    /// <summary>More than one piece of every store that cuts blobs into pieces.</summary>
    private const int LargeBytes = (5 << 19) + 7;

    /// <summary>An empty store, the same one during a test.</summary>
    protected abstract IBlobStore Store { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_written_blob_is_read_found_and_listed()
    {
        await Store.Write("f/b.bin", new byte[] { 1, 2, 3 }, Stop);
        await Store.Write("f/a.bin", Array.Empty<byte>(), Stop);
        (await Content("f/b.bin")).ShouldBe([1, 2, 3]);
        (await Content("f/a.bin")).ShouldBe([]);
        var found = (await Store.Find("f/b.bin", Stop))!;
        found.Key.ShouldBe("f/b.bin");
        found.Size.ShouldBe(3);
        found.WrittenAt.Offset.ShouldBe(TimeSpan.Zero);
        found.WrittenAt.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        (await Store.List("f", Stop)).Select(blob => (blob.Key, blob.Size)).ShouldBe([("f/a.bin", 0L), ("f/b.bin", 3L)]);
        (await Store.List("f", Stop))[1].ShouldBe(found);
    }

    [Fact]
    public async Task A_missing_blob_is_null()
    {
        (await Store.OpenRead("f/none", Stop)).ShouldBeNull();
        (await Store.Find("f/none", Stop)).ShouldBeNull();
        (await Store.Delete("f/none", Stop)).ShouldBeFalse();
        (await Store.List("f", Stop)).ShouldBeEmpty();
        await Store.Write("f/other", new byte[1], Stop);
        (await Store.OpenRead("f/none", Stop)).ShouldBeNull();
        (await Store.Delete("f/none", Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task Pieces_become_one_blob_whose_size_is_known_when_it_is_opened()
    {
        var bytes = MakeBytes(LargeBytes);
        var large = 1 << 20;
        await Store.Write("f/x", [bytes.AsMemory(0, 1), default, bytes.AsMemory(1, large), bytes.AsMemory(large + 1)], Stop);
        await using var blob = (await Store.OpenRead("f/x", Stop))!;
        blob.Size.ShouldBe(bytes.Length);
        (await Rest(blob)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await blob.Content.ReadAsync(new byte[1], Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_seeks()
    {
        var bytes = MakeBytes(LargeBytes);
        await Store.Write("f/x", bytes, Stop);
        await using var blob = (await Store.OpenRead("f/x", Stop))!;
        blob.Content.CanSeek.ShouldBeTrue();
        blob.Content.Length.ShouldBe(bytes.Length);
        foreach (var at in (int[])[LargeBytes - 3, 0, (1 << 20) - 1, LargeBytes])
        {
            blob.Content.Seek(at, SeekOrigin.Begin).ShouldBe(at);
            blob.Content.Position.ShouldBe(at);
            var some = new byte[Math.Min(5, LargeBytes - at)];
            await blob.Content.ReadExactlyAsync(some, Stop);
            some.ShouldBe(bytes[at..(at + some.Length)]);
        }

        blob.Content.Seek(-2, SeekOrigin.End).ShouldBe(LargeBytes - 2);
        (await Rest(blob)).ShouldBe(bytes[^2..]);
    }

    [Fact]
    public async Task A_replaced_blob_is_replaced_whole_and_its_readers_never_get_a_part_of_each()
    {
        var before = MakeBytes(LargeBytes);
        var after = new byte[LargeBytes];
        await Store.Write("f/x", before, Stop);
        await using var old = (await Store.OpenRead("f/x", Stop))!;
        await old.Content.ReadExactlyAsync(new byte[10], Stop);
        await Store.Write("f/x", after, Stop);
        (await Content("f/x")).AsSpan().SequenceEqual(after).ShouldBeTrue();
        try
        {
            (await Rest(old)).AsSpan().SequenceEqual(before.AsSpan(10)).ShouldBeTrue();
        }
        catch (BlobReplacedException e)
        {
            e.Message.ShouldContain("f/x");
        }

        (await Store.List("f", Stop)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_deleted_blob_is_gone()
    {
        await Store.Write("f/x", new byte[1], Stop);
        (await Store.Delete("f/x", Stop)).ShouldBeTrue();
        (await Store.OpenRead("f/x", Stop)).ShouldBeNull();
        (await Store.Find("f/x", Stop)).ShouldBeNull();
        (await Store.List("f", Stop)).ShouldBeEmpty();
        await Store.Write("f/x", new byte[] { 2 }, Stop);
        (await Content("f/x")).ShouldBe([2]);
    }

    [Fact]
    public async Task A_cancelled_write_changes_nothing()
    {
        await Store.Write("f/x", new byte[] { 1 }, Stop);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Store.Write("f/x", new byte[] { 2 }, stop.Token));
        (await Content("f/x")).ShouldBe([1]);
    }

    [Fact]
    public async Task Names_of_any_script_are_listed_in_ordinal_order_and_only_those_of_the_folder()
    {
        string[] names = ["B.wav", "a b+c%20.wav", "a.wav", "ü'().wav", "声.wav", "\uE000.wav", "😀.wav"];
        foreach (var name in names.Reverse()) await Store.Write($"f/{name}", new byte[1], Stop);
        await Store.Write("f2/a.wav", new byte[1], Stop);
        await Store.Write("e/a.wav", new byte[1], Stop);
        (await Store.List("f", Stop)).Select(blob => blob.Key[2..]).ShouldBe(names.Order(StringComparer.Ordinal));
        foreach (var name in names) (await Content($"f/{name}")).ShouldBe([0]);
        (await Store.Delete("f/😀.wav", Stop)).ShouldBeTrue();
        (await Store.List("f", Stop)).Count.ShouldBe(names.Length - 1);
    }

    [Fact]
    public async Task Writers_of_one_blob_at_the_same_time_leave_one_of_their_contents()
    {
        var writers = Enumerable.Range(1, 8).Select(i => Task.Run(() => Store.Write("f/x", MakeFilled((byte)i, i * 1000), Stop), Stop));
        await Task.WhenAll(writers);
        var content = await Content("f/x");
        content.ShouldAllBe(b => b == content[0]);
        content.Length.ShouldBe(content[0] * 1000);
    }

    [Fact]
    public async Task A_whole_blob_is_read_up_to_a_limit()
    {
        await Store.Write("f/x", new byte[] { 1, 2, 3 }, Stop);
        (await Store.ReadAll("f/x", 3, Stop)).ShouldBe([1, 2, 3]);
        (await Store.ReadAll("f/none", 3, Stop)).ShouldBeNull();
        await Should.ThrowAsync<IOException>(Store.ReadAll("f/x", 2, Stop));
    }

    [Fact]
    public async Task Keys_that_are_not_a_folder_and_a_name_are_refused()
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.Write("../x", new byte[1], Stop));
        await Should.ThrowAsync<ArgumentException>(() => Store.OpenRead("f/../../x", Stop));
        await Should.ThrowAsync<ArgumentException>(() => Store.Find("x", Stop));
        await Should.ThrowAsync<ArgumentException>(() => Store.Delete("f/", Stop));
        await Should.ThrowAsync<ArgumentException>(() => Store.List("..", Stop));
    }

    protected static byte[] MakeBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    protected async Task<byte[]> Content(string key)
    {
        await using var blob = (await Store.OpenRead(key, Stop))!;
        return await Rest(blob);
    }

    protected static async Task<byte[]> Rest(OpenBlob blob)
    {
        var content = new MemoryStream();
        await blob.Content.CopyToAsync(content, Stop);
        return content.ToArray();
    }

    private static byte[] MakeFilled(byte value, int count)
    {
        var bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
