using System.Diagnostics;
using System.Net;
using System.Text.Json;
using DiaOrleans.Cluster.Tests.Blobs;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Blobs.Database;
using DiaOrleans.Server.Importing;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Importing;

public sealed class DataImportTests(PostgresServer postgres)
{
    private static readonly Dictionary<string, string> InDatabase = new() { ["DIA_BLOBS"] = "database" };

    [Fact]
    public async Task A_server_that_becomes_a_cluster_keeps_voices_recordings_jobs_and_results_and_speaks_the_same_bytes()
    {
        using var cluster = await TestCluster.Create(postgres);
        using var folder = new TemporaryFolder();
        var (job, result, speech) = await UseSingleServer(folder.Path);
        var (code, output) = await Import(folder.Path, cluster.Database);
        code.ShouldBe(0, output);
        output.ShouldContain("audio_prompts: 1 blobs, 176444 bytes; 1 copied now");
        output.ShouldContain("job_results: 1 blobs");
        output.ShouldContain("voice: 1 rows");
        (code, output) = await Import(folder.Path, cluster.Database);
        code.ShouldBe(0);
        output.ShouldBe("This data folder is in the cluster already: nothing is left to do.\n");
        var settings = cluster.Settings("one") with { Blobs = null, Variables = InDatabase };
        var silo = await cluster.Start(settings);
        (await silo.Client.GetByteArrayAsync($"/jobs/{job}/result")).ShouldBe(result);
        (await silo.Client.GetStringAsync("/voices")).ShouldContain("cloned");
        (await silo.Client.GetStringAsync("/audio_prompts")).ShouldContain("\"exists\":true");
        (await silo.Client.GetStringAsync("/logs")).ShouldContain("Where is my hat?");
        var again = await Recordings.Speak(silo, "cloned");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(speech);
    }

    [Fact]
    public async Task An_import_that_broke_off_is_continued_and_nothing_is_there_before_its_end()
    {
        var connection = await postgres.CreateMigrated();
        await using var database = NpgsqlDataSource.Create(connection);
        using var folder = new TemporaryFolder();
        using var data = DataFolder.Open(folder.Path, 0, TimeProvider.System);
        var source = new FolderBlobStore(folder.Path);
        for (var i = 0; i < 5; i++) await source.Write($"audio_prompts/{i}.wav", new byte[100 + i]);
        SqliteDatabase.Prepare(data.Database);
        AddRow(data.Database);
        var store = new BreakingStore(new DatabaseBlobStore(database, TimeProvider.System));
        for (var writes = 1; writes <= 3; writes++)
        {
            store.Left = 1;
            await Should.ThrowAsync<IOException>(new DataImport(data, database, store, TextWriter.Null).Run(default));
            (await Count(database)).ShouldBe(0);
            (await store.List("audio_prompts")).Count.ShouldBe(writes);
        }

        store.Left = int.MaxValue;
        var report = new StringWriter();
        await new DataImport(data, database, store, report).Run(default);
        report.ToString().ShouldContain("audio_prompts: 5 blobs, 510 bytes; 2 copied now");
        (await store.ReadAll("audio_prompts/4.wav", 1000, default))!.Length.ShouldBe(104);
        (await Count(database)).ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_that_is_used_or_has_another_data_folder_is_refused()
    {
        using var folders = new TemporaryFolder();
        foreach (var name in (string[])["a", "b"])
        {
            using var data = DataFolder.Open(folders.File(name), 0, TimeProvider.System);
            SqliteDatabase.Prepare(data.Database);
        }

        var database = await postgres.CreateMigrated();
        (await Import(folders.File("a"), database)).Code.ShouldBe(0);
        (await Import(folders.File("b"), database)).ShouldBe((4, "Another data folder was imported into this cluster.\n"));
        using var cluster = await TestCluster.Create(postgres);
        await cluster.Start(cluster.Settings("one") with { Blobs = null, Variables = InDatabase });
        var (code, output) = await Import(folders.File("a"), cluster.Database);
        code.ShouldBe(4);
        output.ShouldContain("The cluster has state already.");
        (await Import(folders.Path, database)).Code.ShouldBe(2);
    }

    /// <summary>Uses a single server with a cloned voice, and stops it.</summary>
    /// <returns>A job, its result, and speech of the same request.</returns>
    private static async Task<(string Job, byte[] Result, byte[] Speech)> UseSingleServer(string data)
    {
        using var silo = await SiloProcess.Start(new SiloSettings("local", null, data) { Role = "dev" });
        (await Recordings.Upload(silo, "me", Recordings.Tone(200))).EnsureSuccessStatusCode();
        await Recordings.MakeVoice(silo, "cloned", "me");
        var (job, _) = await Recordings.RunJob(silo, "cloned");
        var result = await silo.Client.GetByteArrayAsync($"/jobs/{job}/result");
        var speech = await Recordings.Speak(silo, "cloned");
        return (job, result, await speech.Content.ReadAsByteArrayAsync());
    }

    private static async Task<(int Code, string Output)> Import(string data, string database)
    {
        var dotnet = ServerProcess.Command(data).FileName;
        using var process = Process.Start(new ProcessStartInfo(dotnet, [ServerProcess.Program, "db", "import", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DIA_DATABASE"] = database, ["DIA_BLOBS"] = "database" },
        })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    private static void AddRow(string file)
    {
        using var sqlite = new Microsoft.Data.Sqlite.SqliteConnection(SqliteDatabase.ConnectionString(file));
        sqlite.Open();
        using var command = sqlite.CreateCommand();
        command.CommandText =
            "INSERT INTO OrleansStorage VALUES ('dia-orleans', 1, 'voice', 2, 3, 4, '=anna', x'7b7d', datetime('now'), 5)";
        command.ExecuteNonQuery().ShouldBe(1);
    }

    private static async Task<long> Count(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM OrleansStorage");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A store whose writes fail after some.</summary>
    private sealed class BreakingStore(IBlobStore inner) : IBlobStore
    {
        public int Left { get; set; }

        public Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default) =>
            Left-- > 0 ? inner.Write(key, pieces, cancellationToken) : throw new IOException("broken off");

        public Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default) =>
            inner.OpenRead(key, cancellationToken);

        public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default) => inner.Find(key, cancellationToken);

        public Task<bool> Delete(string key, CancellationToken cancellationToken = default) => inner.Delete(key, cancellationToken);

        public Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default) =>
            inner.List(folder, cancellationToken);
    }
}
