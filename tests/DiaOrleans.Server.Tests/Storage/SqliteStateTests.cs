using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Storage;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class SqliteStateTests : IDisposable
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Voices_survive_a_kill()
    {
        var copy = _folder.File("copy.db");
        await using (var silo = await StateSilo.Start(_folder.File("dia.db")))
        {
            foreach (var id in (string[])["b", "a", "gone", "声 \U0001F600"]) await silo.Voice(id).Put(Plain with { Style = id });
            await silo.Voice("b").Update(new VoiceChange(null, "S2", "prompt", "Words."));
            await silo.Voice("gone").Delete();
            // A killed process leaves the files as they are while the server runs.
            foreach (var file in Directory.GetFiles(_folder.Path, "dia.db*")) File.Copy(file, file.Replace("dia.db", "copy.db"));
        }

        await using var next = await StateSilo.Start(copy);
        (await next.Catalog.List()).ShouldBe(
        [
            new Voice("b", new VoiceSettings("b", "S2", "prompt", "Words.")),
            new Voice("a", Plain with { Style = "a" }),
            new Voice("声 \U0001F600", Plain with { Style = "声 \U0001F600" }),
        ]);
        (await next.Voice("gone").Get()).ShouldBeNull();
        await next.Voice("gone").Put(Plain);
        (await next.Catalog.ListIds()).ShouldBe(["b", "a", "声 \U0001F600", "gone"]);
    }

    [Fact]
    public async Task Rows_that_are_read_together_are_those_that_are_read_one_by_one()
    {
        await using var silo = await StateSilo.Start(_folder.File("dia.db"));
        string[] names = ["7", "07", "beef", "BEEF", "=", "%_'", "声 \U0001F600", "cleared", "never written"];
        GrainId[] ids =
        [
            .. names.Select(name => GrainId.Create("test", name)),
            .. Enumerable.Range(0, RelationalBatches.Size).Select(number => GrainId.Create("test", $"note {number}")),
        ];
        var storage = silo.Services.GetRequiredKeyedService<IGrainStorage>(StateStorage.ProviderName);
        foreach (var id in ids.Except([GrainId.Create("test", "never written")]))
            await storage.WriteStateAsync("note", id, new GrainState<Note>(new Note { Text = id.Key.ToString()! }));
        var cleared = new GrainState<Note>(new Note());
        await storage.ReadStateAsync("note", GrainId.Create("test", "cleared"), cleared);
        await storage.ClearStateAsync("note", GrainId.Create("test", "cleared"), cleared);
        foreach (var reader in (IStateBatches[])[silo.Services.GetRequiredService<IStateBatches>(), new SingleReads(storage)])
        {
            var read = await reader.Read<Note>("note", ids);
            read.Select(note => note?.Text).ShouldBe(
                ids.Select(id => id.Key.ToString()).Select(key => key is "cleared" or "never written" ? null : key));
            (await reader.Read<Note>("note", [])).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_list_reads_the_stored_voices_together_and_activates_none()
    {
        string[] ids = [.. Enumerable.Range(0, 300).Select(number => $"voice {number}")];
        await using (var silo = await StateSilo.Start(_folder.File("dia.db")))
            foreach (var id in ids) await silo.Voice(id).Put(Plain);
        await using var next = await StateSilo.Start(_folder.File("dia.db"));
        (await next.Catalog.List()).Select(voice => voice.Id).ShouldBe(ids);
        var grains = await next.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        grains.Select(grain => grain.GrainType).ShouldContain(type => type.Contains("VoiceCatalogGrain"));
        grains.Where(grain => grain.GrainType.Contains(".VoiceGrain")).Sum(grain => grain.ActivationCount).ShouldBe(0);
    }

    [Fact]
    public async Task Writers_of_many_rows_at_once_meet_no_conflict_and_lose_nothing()
    {
        const int rows = 16;
        const int writes = 100;
        await using var silo = await StateSilo.Start(_folder.File("dia.db"));
        var storage = silo.Services.GetRequiredKeyedService<IGrainStorage>(StateStorage.ProviderName);
        await Task.WhenAll(Enumerable.Range(0, rows).Select(async row =>
        {
            var id = GrainId.Create("test", $"{row}");
            var state = new GrainState<Note>(new Note());
            for (var i = 1; i <= writes; i++)
            {
                state.State!.Text = $"{row}/{i}";
                await storage.WriteStateAsync("note", id, state);
                state.ETag.ShouldBe($"{i}");
                var read = new GrainState<Note>(new Note());
                await storage.ReadStateAsync("note", id, read);
                (read.ETag, read.State!.Text).ShouldBe(($"{i}", $"{row}/{i}"));
            }
        }));
    }

    [Fact]
    public async Task Clients_that_submit_and_cancel_at_once_are_all_answered_and_leave_no_place_in_the_queue()
    {
        await using var silo = await StateSilo.Start(_folder.File("dia.db"));
        var jobs = silo.Services.GetRequiredService<JobService>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async client =>
        {
            for (var i = 0; i < 20; i++)
            {
                var accepted = await jobs.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" }, $"{client}/{i}");
                (await jobs.Cancel(accepted.JobId))!.Cancelled.ShouldBeTrue();
            }
        }));
        var queue = silo.Grains.GetGrain<IJobQueueGrain>("default/0");
        (await queue.Count()).Counts.Total.ShouldBe(0);
        (await jobs.Count()).Cancelled.ShouldBe(16 * 20);
    }

    [Fact]
    public async Task Ids_that_are_equal_as_numbers_are_different_voices()
    {
        const string digits = "0123456789abcdef0123456789abcdef";
        string[] ids = ["beef", "BEEF", "7", "07", digits, digits.ToUpperInvariant(), "7+x", "07+x", "=7", "a+b"];
        await using (var silo = await StateSilo.Start(_folder.File("dia.db")))
        {
            foreach (var id in ids) await silo.Voice(id).Put(Plain with { Style = id });
        }

        await using var next = await StateSilo.Start(_folder.File("dia.db"));
        foreach (var id in ids) (await next.Voice(id).Get()).ShouldBe(Plain with { Style = id });
    }

    [Fact]
    public async Task A_write_based_on_an_old_version_is_a_conflict_and_changes_nothing()
    {
        var database = _folder.File("dia.db");
        await using var silo = await StateSilo.Start(database);
        await silo.Voice("v").Put(Plain);
        Execute(database, "UPDATE OrleansStorage SET Version = Version + 1");
        await Should.ThrowAsync<InconsistentStateException>(silo.Voice("v").Put(Plain with { Style = "lost" }));
        (await silo.Voice("v").Get()).ShouldBe(Plain);
        Execute(database, "UPDATE OrleansStorage SET Version = Version + 1");
        await Should.ThrowAsync<InconsistentStateException>(silo.Voice("v").Delete());
        (await silo.Voice("v").Get()).ShouldBe(Plain);
        await silo.Voice("v").Put(Plain with { Style = "won" });
        (await silo.Voice("v").Get())!.Style.ShouldBe("won");
    }

    [Fact]
    public async Task A_write_to_a_deleted_row_is_a_conflict()
    {
        var database = _folder.File("dia.db");
        await using var silo = await StateSilo.Start(database);
        await silo.Voice("v").Put(Plain);
        Execute(database, "DELETE FROM OrleansStorage WHERE GrainTypeString = 'voice'");
        await Should.ThrowAsync<InconsistentStateException>(silo.Voice("v").Put(Plain with { Style = "lost" }));
        (await silo.Voice("v").Get()).ShouldBeNull();
    }

    [Fact]
    public async Task Cleared_rows_are_deleted_at_the_next_start()
    {
        var database = _folder.File("dia.db");
        await using (var silo = await StateSilo.Start(database))
        {
            await silo.Voice("v").Put(Plain);
            await silo.Voice("v").Delete();
        }

        Read(database, "SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NULL").ShouldBe(1L);
        SqliteDatabase.Prepare(database);
        Read(database, "SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NULL").ShouldBe(0L);
        await using var next = await StateSilo.Start(database);
        (await next.Catalog.ListIds()).ShouldBeEmpty();
        await next.Voice("v").Put(Plain);
        (await next.Voice("v").Get()).ShouldBe(Plain);
    }

    [Fact]
    public async Task Rows_that_were_cleared_long_ago_are_deleted_and_their_voices_can_be_made_again()
    {
        using var data = DataFolder.Open(_folder.File("data"), 0, TimeProvider.System);
        await using var silo = await StateSilo.Start(data.Database);
        foreach (var id in (string[])["kept", "old", "new"]) await silo.Voice(id).Put(Plain);
        foreach (var id in (string[])["old", "new"]) await silo.Voice(id).Delete();
        Execute(
            data.Database,
            "UPDATE OrleansStorage SET ModifiedOn = datetime('now', '-4 hours') WHERE GrainIdExtensionString IN ('=old', '=kept')");
        await new ClearedRows(data).Run(TimeProvider.System.GetUtcNow(), CancellationToken.None);
        Read(data.Database, "SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NULL").ShouldBe(1L);
        (await silo.Catalog.ListIds()).ShouldBe(["kept"]);
        await new ClearedRows(data).Run(TimeProvider.System.GetUtcNow().AddHours(4), CancellationToken.None);
        Read(data.Database, "SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NULL").ShouldBe(0L);
        // The activations that cleared the rows end by themselves after 10 s.
        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        foreach (var id in (string[])["old", "new"]) await silo.Voice(id).Put(Plain);
        (await silo.Catalog.ListIds()).ShouldBe(["kept", "old", "new"]);
    }

    [Fact]
    public async Task A_log_that_was_cleared_long_ago_takes_entries_after_its_cleared_rows_are_deleted()
    {
        using var data = DataFolder.Open(_folder.File("data"), 0, TimeProvider.System);
        await using var silo = await StateSilo.Start(data.Database);
        var log = silo.Grains.GetGrain<IGenerationLogGrain>(0);
        // Two full pages.
        for (var i = 0; i < 128; i++) await log.Append(Entry($"before {i}"));
        await log.Clear();
        await new ClearedRows(data).Run(TimeProvider.System.GetUtcNow().AddHours(4), CancellationToken.None);
        Read(data.Database, "SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NULL").ShouldBe(0L);
        await log.Append(Entry("after"));
        (await log.List(10, null)).Entries.Select(entry => entry.Id).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_database_of_release_1_is_read()
    {
        var database = _folder.File("dia.db");
        SqliteDatabase.Prepare(database);
        Execute(database, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Storage", "state-of-release-1.sql")));
        await using var silo = await StateSilo.Start(database);
        (await silo.Catalog.List()).ShouldBe(
        [
            new Voice("narrator", new VoiceSettings("calm", "S2", "narrator-prompt", "“Once upon a time”, said she.")),
            new Voice("BEEF", Plain),
        ]);
        (await silo.Voice("narrator").Update(new VoiceChange("lively", null, null, null)))!.Style.ShouldBe("lively");
    }

    [Fact]
    public void The_database_uses_a_write_ahead_log_and_syncs_every_commit()
    {
        var database = _folder.File("dia.db");
        SqliteDatabase.Prepare(database);
        Read(database, "PRAGMA journal_mode").ShouldBe("wal");
        Read(database, "PRAGMA synchronous").ShouldBe(2L);
    }

    [Fact]
    public void Preparing_twice_changes_nothing()
    {
        var database = _folder.File("dia.db");
        SqliteDatabase.Prepare(database);
        SqliteDatabase.Prepare(database);
        Read(database, "SELECT COUNT(*) FROM SchemaVersions").ShouldBe(1L);
    }

    [Fact]
    public void A_database_of_a_newer_release_is_refused()
    {
        var database = _folder.File("dia.db");
        SqliteDatabase.Prepare(database);
        Execute(database, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('sqlite.002-later.sql', '2030-01-01')");
        Should.Throw<InvalidOperationException>(() => SqliteDatabase.Prepare(database)).Message.ShouldContain("sqlite.002-later.sql");
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_refused()
    {
        var database = _folder.File("dia.db");
        File.WriteAllText(database, string.Join('\n', Enumerable.Repeat("This is a diary.", 100)));
        Should.Throw<InvalidOperationException>(() => SqliteDatabase.Prepare(database)).Message.ShouldContain("dia.db");
    }

    /// <summary>It takes the 10 s for which SQLite waits for a lock.</summary>
    [Fact]
    public void A_database_that_another_program_writes_is_refused()
    {
        var database = _folder.File("dia.db");
        SqliteDatabase.Prepare(database);
        using var other = new SqliteConnection(SqliteDatabase.ConnectionString(database));
        other.Open();
        using var writing = other.BeginTransaction();
        var refused = Should.Throw<InvalidOperationException>(() => SqliteDatabase.Prepare(database));
        refused.Message.ShouldContain("dia.db is locked: another program uses it");
        SqliteDatabase.Explain(refused).ShouldBe(refused.Message);
    }

    [Fact]
    public async Task A_damaged_database_is_explained_in_one_message()
    {
        var database = _folder.File("dia.db");
        await using (var silo = await StateSilo.Start(database)) await silo.Voice("v").Put(Plain);
        Execute(database, "PRAGMA wal_checkpoint(TRUNCATE)");
        SqliteConnection.ClearAllPools();
        var pages = await File.ReadAllBytesAsync(database);
        pages.AsSpan(4096).Fill(0x5A);
        await File.WriteAllBytesAsync(database, pages);
        var failure = await Should.ThrowAsync<Exception>(StateSilo.Start(database));
        SqliteDatabase.Explain(failure).ShouldNotBeNull().ShouldContain("malformed");
        SqliteDatabase.Explain(new InvalidOperationException("Something else.")).ShouldBeNull();
    }

    private static GenerationEntry Entry(string id) => new()
    {
        Id = id,
        Timestamp = DateTimeOffset.UnixEpoch,
        Text = "Hello.",
        ProcessedText = "[S1] Hello. [S1]",
        Voice = "v",
    };

    private static void Execute(string database, string sql) => Read(database, sql);

    private static object? Read(string database, string sql)
    {
        using var connection = new SqliteConnection(SqliteDatabase.ConnectionString(database));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    [StoredState("test.note", 1)]
    private sealed class Note
    {
        public string Text { get; set; } = "";
    }
}
