using Amazon.Runtime;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Tests.Blobs;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Blobs.S3;

namespace DiaOrleans.Server.Tests.Blobs.S3;

public sealed class S3BlobStoreTests : BlobStoreTests, IAsyncLifetime
{
    private S3StandIn _server = null!;
    private S3BlobStore _store = null!;

    protected override IBlobStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _server = await S3StandIn.Start();
        _store = Open(S3StandIn.Secret);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _server.DisposeAsync();
        var isWrongByIntent = TestContext.Current.TestMethod?.MethodName == nameof(A_wrong_secret_is_refused_at_once);
        if (!isWrongByIntent) _server.WrongSignatures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_of_many_pages_is_listed_whole_and_other_objects_are_left_out()
    {
        for (var i = 0; i < 10; i++) _server.Put($"f/{i}.wav", [1]);
        foreach (var other in (string[])["f/", "f/inner/a.wav", "f/.hidden", "f2/a.wav", "f"]) _server.Put(other, [1]);
        (await _store.List("f")).Select(blob => blob.Key).ShouldBe(Enumerable.Range(0, 10).Select(i => $"f/{i}.wav"));
        _server.Requests.Count(request => request.Method == "GET").ShouldBe(5);
    }

    [Fact]
    public async Task A_blob_is_opened_by_one_request_and_a_seek_asks_for_the_rest_alone()
    {
        await _store.Write("f/x", MakeBytes(5000));
        await using var blob = (await _store.OpenRead("f/x"))!;
        await blob.Content.ReadExactlyAsync(new byte[10]);
        _server.Requests.Select(request => request.Method).ShouldBe(["PUT", "GET"]);
        blob.Content.Position = 4000;
        (await Rest(blob)).ShouldBe(MakeBytes(5000)[4000..]);
        _server.Requests.Last().ShouldBe(("GET", "f/x", "bytes=4000-4999"));
    }

    [Fact]
    public async Task A_store_whose_tags_are_no_digests_is_read_as_well()
    {
        _server.HasOtherTags = true;
        await _store.Write("f/x", MakeBytes(300_000));
        (await Content("f/x")).AsSpan().SequenceEqual(MakeBytes(300_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_continued_from_the_same_byte()
    {
        var bytes = MakeBytes(3 << 20);
        await _store.Write("f/x", bytes);
        _server.Misbehave = (method, _, number) => method == "GET" && number < 4 ? new Fault(0, SentBytes: 700_000) : null;
        (await Content("f/x")).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        _server.Requests.Count(request => request.Range.Length > 0).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task An_answer_that_always_breaks_off_is_an_error()
    {
        await _store.Write("f/x", MakeBytes(3 << 20));
        _server.Misbehave = (method, _, _) => method == "GET" ? new Fault(0) : null;
        (await Should.ThrowAsync<IOException>(Content("f/x"))).Message.ShouldBe("f/x cannot be read: the store does not answer.");
    }

    [Fact]
    public async Task A_reader_of_a_replaced_blob_that_needs_a_further_answer_gets_an_error_and_reads_the_new_content_then()
    {
        await _store.Write("f/x", MakeBytes(3 << 20));
        await using var old = (await _store.OpenRead("f/x"))!;
        await old.Content.ReadExactlyAsync(new byte[10]);
        await _store.Write("f/x", MakeBytes(20));
        old.Content.Position = 1 << 20;
        await Should.ThrowAsync<BlobReplacedException>(Rest(old));
        (await _store.ReadAll("f/x", 100, default)).ShouldBe(MakeBytes(20));
    }

    [Fact]
    public async Task A_blob_that_is_deleted_while_it_is_read_is_no_end_of_the_content()
    {
        await _store.Write("f/x", MakeBytes(3 << 20));
        await using var old = (await _store.OpenRead("f/x"))!;
        await _store.Delete("f/x");
        old.Content.Position = 1 << 20;
        await Should.ThrowAsync<BlobReplacedException>(Rest(old));
    }

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(500, "InternalError")]
    public async Task A_store_that_is_busy_is_asked_again(int status, string code)
    {
        _server.Misbehave = (_, _, number) => number % 2 == 1 ? new Fault(status, code) : null;
        await _store.Write("f/x", MakeBytes(100));
        (await Content("f/x")).ShouldBe(MakeBytes(100));
        (await _store.Find("f/x"))!.Size.ShouldBe(100);
        (await _store.List("f")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_stays_busy_is_an_error_that_may_be_repeated()
    {
        _server.Misbehave = (_, _, _) => new Fault(503, "SlowDown");
        var failure = await Should.ThrowAsync<IOException>(_store.Write("f/x", MakeBytes(100)));
        failure.Message.ShouldBe("f/x cannot be written: the store answered 503.");
        _server.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_at_once()
    {
        using var stranger = Open("wrong");
        (await Should.ThrowAsync<IOException>(stranger.Write("f/x", new byte[1]))).Message
            .ShouldBe("f/x cannot be written: permission denied.");
        (await Should.ThrowAsync<IOException>(() => stranger.Find("f/x"))).Message.ShouldBe("f/x cannot be read: permission denied.");
        (await Should.ThrowAsync<IOException>(() => stranger.List("f"))).Message.ShouldBe("f cannot be read: permission denied.");
        _server.WrongSignatures.Distinct().ShouldBe(["the signature does not match"]);
        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_an_error()
    {
        using var other = new S3BlobStore(Client(S3StandIn.Secret), "none", TimeProvider.System);
        (await Should.ThrowAsync<IOException>(() => other.OpenRead("f/x"))).Message
            .ShouldBe("f/x cannot be read: the bucket does not exist.");
        await Should.ThrowAsync<IOException>(() => other.List("f"));
        await Should.ThrowAsync<IOException>(() => other.Write("f/x", new byte[1]));
    }

    [Fact]
    public async Task A_store_without_room_is_a_full_disk()
    {
        _server.Misbehave = (_, _, _) => new Fault(507, "XMinioStorageFull");
        DiskFull.Find(await Should.ThrowAsync<IOException>(_store.Write("f/x", new byte[1]))).ShouldBe("Not enough disk space");
    }

    [Fact]
    public async Task A_store_that_does_not_listen_is_an_error()
    {
        await _server.DisposeAsync();
        (await Should.ThrowAsync<IOException>(() => _store.OpenRead("f/x"))).Message
            .ShouldBe("f/x cannot be read: the store does not answer.");
    }

    private S3BlobStore Open(string secret) => new(Client(secret), S3StandIn.Bucket, TimeProvider.System);

    private Amazon.S3.AmazonS3Client Client(string secret) =>
        S3Client.Create(_server.Address, S3StandIn.Region, new BasicAWSCredentials(S3StandIn.Key, secret));
}
