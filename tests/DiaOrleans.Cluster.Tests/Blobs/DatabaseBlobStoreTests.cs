using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Tests.Blobs;
using DiaOrleans.Server.Blobs.Database;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Blobs;

public sealed class DatabaseBlobStoreTests(PostgresServer postgres) : BlobStoreTests, IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;
    private DatabaseBlobStore _store = null!;

    protected override IBlobStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await postgres.CreateMigrated());
        _store = new DatabaseBlobStore(_database, TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_reader_of_a_replaced_or_deleted_blob_comes_to_its_end()
    {
        var bytes = MakeBytes(3 << 20);
        await _store.Write("f/x", bytes);
        await using var replaced = (await _store.OpenRead("f/x"))!;
        await replaced.Content.ReadExactlyAsync(new byte[1]);
        await _store.Write("f/x", bytes.AsMemory(0, 5));
        await using var deleted = (await _store.OpenRead("f/x"))!;
        await _store.Delete("f/x");
        await _store.DeleteRemoved(DatabaseBlobStore.Grace, default);
        (await Rest(replaced)).AsSpan().SequenceEqual(bytes.AsSpan(1)).ShouldBeTrue();
        (await Rest(deleted)).ShouldBe(bytes[..5]);
    }

    [Fact]
    public async Task Contents_that_no_blob_has_are_deleted_and_their_readers_get_an_error()
    {
        await _store.Write("f/x", MakeBytes(3 << 20));
        await _store.Write("f/kept", MakeBytes(3 << 20));
        await using var old = (await _store.OpenRead("f/x"))!;
        for (var i = 0; i < 45; i++) await _store.Write("f/x", new byte[] { 1 });
        (await Count("DiaBlobPiece")).ShouldBe(3 + 3 + 45);
        await _store.DeleteRemoved(TimeSpan.Zero, default);
        (await Count("DiaBlobPiece")).ShouldBe(3 + 1);
        (await Count("DiaBlobRemoved")).ShouldBe(0);
        await Should.ThrowAsync<BlobReplacedException>(Rest(old));
        (await Content("f/x")).ShouldBe([1]);
        (await Content("f/kept")).Length.ShouldBe(3 << 20);
    }

    [Fact]
    public async Task Writers_of_one_blob_at_the_same_time_leave_nothing_behind()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _store.Write("f/x", MakeBytes(i + 1))));
        await _store.DeleteRemoved(TimeSpan.Zero, default);
        (await Count("DiaBlobPiece")).ShouldBe(1);
    }

    [Fact]
    public async Task A_write_that_breaks_off_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var pieces = Enumerable.Range(0, 64).Select(_ => (ReadOnlyMemory<byte>)new byte[1 << 20]).ToArray();
        var write = _store.Write("f/x", pieces, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(write);
        (await Count("DiaBlobPiece")).ShouldBe(0);
        (await _store.Find("f/x")).ShouldBeNull();
    }

    [Fact]
    public async Task Broken_connections_of_the_pool_do_not_fail_a_call()
    {
        await _store.Write("f/x", MakeBytes(2 << 20));
        await using var blob = (await _store.OpenRead("f/x"))!;
        await blob.Content.ReadExactlyAsync(new byte[1]);
        await EndConnections();
        (await Rest(blob)).Length.ShouldBe((2 << 20) - 1);
        await EndConnections();
        await _store.Write("f/x", new byte[] { 1 });
        await EndConnections();
        (await _store.List("f")).ShouldHaveSingleItem().Size.ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_an_error_that_names_the_blob()
    {
        await using var gone = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=dia;Database=dia");
        var store = new DatabaseBlobStore(gone, TimeProvider.System);
        (await Should.ThrowAsync<IOException>(() => store.Find("f/x"))).Message
            .ShouldBe("f/x cannot be read: the database does not answer.");
    }

    [Fact]
    public async Task A_folder_is_listed_by_an_index()
    {
        await using var command = _database.CreateCommand(
            "SET enable_seqscan = off; EXPLAIN SELECT Name, Size, WrittenAt FROM DiaBlob WHERE Folder = 'f' ORDER BY Name");
        await using var rows = await command.ExecuteReaderAsync();
        var plan = "";
        do
        {
            while (await rows.ReadAsync()) plan += rows.GetString(0) + "\n";
        }
        while (await rows.NextResultAsync());

        plan.ShouldContain("Index Cond: (folder = 'f'::text)");
    }

    private async Task<long> Count(string table)
    {
        await using var command = _database.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task EndConnections()
    {
        await using var other = NpgsqlDataSource.Create(_database.ConnectionString + ";Pooling=false");
        await using var command = other.CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await command.ExecuteNonQueryAsync();
    }
}
