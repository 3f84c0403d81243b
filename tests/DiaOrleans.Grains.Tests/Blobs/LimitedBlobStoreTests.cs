using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Blobs;

public sealed class LimitedBlobStoreTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly string _root = Directory.CreateTempSubdirectory("dia-limits-").FullName;
    private readonly LimitedBlobStore _store;

    public LimitedBlobStoreTests() => _store = new LimitedBlobStore(new FolderBlobStore(_root), new Dictionary<string, FolderLimit>
    {
        ["kept"] = new(3, "MaxKept", DropsOldest: false),
        ["cached"] = new(3, "MaxCached", DropsOldest: true),
    });

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_folder_at_its_limit_refuses_a_further_blob_and_keeps_the_others()
    {
        foreach (var name in (string[])["a", "b", "c"]) await Write($"kept/{name}", Megabyte);
        var full = await Should.ThrowAsync<FolderFullException>(() => Write("kept/d", 1));
        full.Message.ShouldBe("kept has reached its limit of 3 MB: delete some, or raise MaxKept");
        await Should.ThrowAsync<FolderFullException>(() => _store.RequireRoom("kept", default));
        (await Names("kept")).ShouldBe(["a", "b", "c"]);
        await _store.Delete("kept/b");
        await _store.RequireRoom("kept", default);
        await Write("kept/d", Megabyte);
    }

    [Fact]
    public async Task A_blob_that_replaces_another_counts_once()
    {
        await Write("kept/a", 2 * Megabyte);
        await Write("kept/a", 3 * Megabyte);
        await Write("kept/a", 3 * Megabyte);
        await Should.ThrowAsync<FolderFullException>(() => Write("kept/a", 3 * Megabyte + 1));
        await Write("kept/a", Megabyte);
        await Write("kept/b", 2 * Megabyte);
    }

    [Fact]
    public async Task The_oldest_blobs_of_a_cache_go_for_a_new_one()
    {
        foreach (var (name, minutes) in ((string, int)[])[("old", 3), ("older", 4), ("new", 1)])
        {
            await Write($"cached/{name}", Megabyte);
            File.SetLastWriteTimeUtc(Path.Combine(_root, "cached", name), DateTime.UtcNow.AddMinutes(-minutes));
        }

        await Write("cached/newest", Megabyte + 1);
        (await Names("cached")).ShouldBe(["new", "newest"]);
    }

    [Fact]
    public async Task A_blob_larger_than_a_cache_deletes_nothing()
    {
        await Write("cached/a", Megabyte);
        await Should.ThrowAsync<FolderFullException>(() => Write("cached/b", 4 * Megabyte));
        (await Names("cached")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Files_that_users_delete_make_room_and_those_that_they_add_count_when_the_folder_is_listed()
    {
        await Write("kept/a", 3 * Megabyte);
        File.Delete(Path.Combine(_root, "kept", "a"));
        await Write("kept/b", Megabyte);
        await File.WriteAllBytesAsync(Path.Combine(_root, "kept", "added"), new byte[2 * Megabyte]);
        await _store.List("kept");
        await Should.ThrowAsync<FolderFullException>(() => Write("kept/c", 1));
    }

    [Fact]
    public async Task Writes_at_the_same_time_do_not_pass_the_limit()
    {
        var writes = Enumerable.Range(0, 30).Select(async i =>
        {
            try
            {
                await Write($"kept/{i}", Megabyte / 4);
                return true;
            }
            catch (FolderFullException)
            {
                return false;
            }
        });
        (await Task.WhenAll(writes)).Count(written => written).ShouldBeInRange(1, 12);
        (await _store.List("kept")).Sum(blob => blob.Size).ShouldBeLessThanOrEqualTo(3 * Megabyte);
    }

    [Fact]
    public async Task A_failed_write_does_not_count_and_other_folders_have_no_limit()
    {
        await Should.ThrowAsync<OperationCanceledException>(
            () => _store.Write("kept/a", [new byte[3 * Megabyte]], new CancellationToken(canceled: true)));
        await Write("kept/a", 3 * Megabyte);
        await Write("free/a", 5 * Megabyte);
    }

    [Fact]
    public async Task Silos_that_share_a_store_do_not_pass_the_limit_by_much_and_agree_when_it_is_full()
    {
        var time = new FakeTimeProvider();
        LimitedBlobStore[] silos = [Silo(time), Silo(time), Silo(time)];
        var stored = 0;
        for (var i = 0; i < 300; i++)
        {
            try
            {
                await silos[i % 3].Write($"kept/{i}", new byte[Megabyte / 16]);
                stored++;
            }
            catch (FolderFullException)
            {
                // The others are refused too.
            }
        }

        stored.ShouldBe(48);
        foreach (var silo in silos) await Should.ThrowAsync<FolderFullException>(() => silo.RequireRoom("kept", default));
        await silos[0].Delete("kept/0");
        foreach (var silo in silos) await silo.RequireRoom("kept", default);
    }

    [Fact]
    public async Task What_another_silo_has_written_is_counted_within_a_minute()
    {
        var time = new FakeTimeProvider();
        LimitedBlobStore[] silos = [Silo(time), Silo(time)];
        await silos[0].Write("kept/first", new byte[1]);
        await File.WriteAllBytesAsync(Path.Combine(_root, "kept", "others"), new byte[3 * Megabyte]);
        await silos[0].RequireRoom("kept", default);
        time.Advance(TimeSpan.FromSeconds(61));
        await GrainCluster.Until(async () =>
        {
            try
            {
                await silos[0].RequireRoom("kept", default);
                return false;
            }
            catch (FolderFullException)
            {
                return true;
            }
        });
    }

    private LimitedBlobStore Silo(TimeProvider time) => new(
        new FolderBlobStore(_root),
        new Dictionary<string, FolderLimit> { ["kept"] = new(3, "MaxKept", DropsOldest: false) },
        time);

    private Task Write(string key, int bytes) => _store.Write(key, new byte[bytes]);

    private async Task<IEnumerable<string>> Names(string folder) =>
        (await _store.List(folder)).Select(blob => blob.Key.Split('/')[1]);
}
