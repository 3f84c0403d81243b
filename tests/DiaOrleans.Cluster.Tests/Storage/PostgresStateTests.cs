using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Storage;
using Orleans.Storage;

namespace DiaOrleans.Cluster.Tests.Storage;

public sealed class PostgresStateTests(PostgresServer postgres)
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);

    [Fact]
    public async Task Of_two_first_writes_at_the_same_time_one_wins_and_the_other_is_a_conflict()
    {
        var connection = await postgres.CreateMigrated();
        await using var one = await PostgresSilo.Start(connection);
        await using var two = await PostgresSilo.Start(connection);
        for (var i = 0; i < 50; i++)
        {
            var id = GrainId.Create("note", $"{i}");
            var writes = new[] { one, two }.Select(silo => Task.Run(() => Write(silo, id, new GrainState<Note>(new Note())))).ToArray();
            (await Task.WhenAll(writes)).ShouldBe([true, false], ignoreOrder: true);
        }

        (await one.Count("GrainTypeString = 'note'")).ShouldBe(50);
    }

    [Fact]
    public async Task State_is_written_read_and_cleared_with_its_version()
    {
        var connection = await postgres.CreateMigrated();
        await using var silo = await PostgresSilo.Start(connection);
        var id = GrainId.Create("note", "声 \U0001F600");
        var state = new GrainState<Note>(new Note { Text = "first" });
        foreach (var text in (string[])["first", "second"])
        {
            state.State!.Text = text;
            await silo.Storage.WriteStateAsync("note", id, state);
            var read = await Read(silo, id);
            (read.State!.Text, read.ETag, read.RecordExists).ShouldBe((text, state.ETag, true));
        }

        var stale = await Read(silo, id);
        await silo.Storage.ClearStateAsync("note", id, state);
        (await Read(silo, id)).RecordExists.ShouldBeFalse();
        (await Write(silo, id, stale)).ShouldBeFalse();
        (await Write(silo, id, state)).ShouldBeTrue();
        await Should.ThrowAsync<InconsistentStateException>(silo.Storage.ClearStateAsync("note", id, stale));
        (await Read(silo, id)).RecordExists.ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_that_are_read_together_are_those_that_were_written()
    {
        await using var silo = await PostgresSilo.Start(await postgres.CreateMigrated());
        var many = Enumerable.Range(0, RelationalBatches.Size).Select(number => $"note {number}");
        string[] keys = ["beef", "BEEF", "7", "07", "声 \U0001F600", .. many];
        GrainId[] ids = [.. keys.Select(key => GrainId.Create("note", key))];
        foreach (var id in ids) (await Write(silo, id, new GrainState<Note>(new Note { Text = id.Key.ToString()! }))).ShouldBeTrue();
        var read = await silo.Batches.Read<Note>("note", [.. ids, GrainId.Create("note", "never written")]);
        read.Select(note => note?.Text).ShouldBe([.. keys, null]);
    }

    [Fact]
    public async Task Ids_that_are_equal_as_numbers_are_different_voices()
    {
        const string digits = "0123456789abcdef0123456789abcdef";
        string[] ids = ["beef", "BEEF", "7", "07", digits, digits.ToUpperInvariant(), "7+x", "=7", "a+b", new string('\u58f0', 200)];
        var connection = await postgres.CreateMigrated();
        await using (var silo = await PostgresSilo.Start(connection))
        {
            foreach (var id in ids) await silo.Voice(id).Put(Plain with { Style = id });
        }

        await using var next = await PostgresSilo.Start(connection);
        foreach (var id in ids) (await next.Voice(id).Get()).ShouldBe(Plain with { Style = id });
    }

    [Fact]
    public async Task Rows_of_states_that_were_cleared_hours_ago_are_deleted()
    {
        var connection = await postgres.CreateMigrated();
        await using var silo = await PostgresSilo.Start(connection);
        await silo.Voice("kept").Put(Plain);
        await silo.Voice("gone").Put(Plain);
        await silo.Voice("gone").Delete();
        var cleared = new PostgresClearedRows(silo.Database);
        await cleared.Run(DateTimeOffset.UtcNow.AddHours(2), CancellationToken.None);
        (await silo.Count("GrainTypeString = 'voice'")).ShouldBe(2);
        await cleared.Run(DateTimeOffset.UtcNow.AddHours(4), CancellationToken.None);
        (await silo.Count("GrainTypeString = 'voice'")).ShouldBe(1);
        (await silo.Count("GrainTypeString = 'voice' AND PayloadBinary IS NULL")).ShouldBe(0);
        (await silo.Voice("kept").Get()).ShouldBe(Plain);
    }

    private static async Task<bool> Write(PostgresSilo silo, GrainId id, GrainState<Note> state)
    {
        try
        {
            await silo.Storage.WriteStateAsync("note", id, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private static async Task<GrainState<Note>> Read(PostgresSilo silo, GrainId id)
    {
        var state = new GrainState<Note>();
        await silo.Storage.ReadStateAsync("note", id, state);
        return state;
    }

    [StoredState("test.note", 1)]
    private sealed class Note
    {
        public string Text { get; set; } = "";
    }
}
