using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Logs;

/// <summary>The log with pages of four entries and at most ten entries.</summary>
public sealed class GenerationLogGrainTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Open(new SharedStorage());

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Entries_are_listed_newest_first_and_by_voice_with_the_total_of_all()
    {
        await Append(0..7);
        var page = await Log.List(2, "odd");
        Ids(page).ShouldBe(["5", "3"]);
        page.Total.ShouldBe(7);
        Ids(await Log.List(500, null)).ShouldBe(["6", "5", "4", "3", "2", "1", "0"]);
        (await Log.List(0, null)).Entries.ShouldBeEmpty();
        (await Log.Get("4")).ShouldBe(Entry(4));
        (await Log.Get("nine")).ShouldBeNull();
    }

    [Fact]
    public async Task An_id_is_added_once()
    {
        await Append(0..2);
        await Log.Append(Entry(0) with { Text = "again" });
        Ids(await Log.List(500, null)).ShouldBe(["1", "0"]);
        (await Log.Get("0"))!.Text.ShouldBe("text 0");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task All_pages_survive_a_restart_and_take_further_entries(int count)
    {
        await Append(0..count);
        await Restart();
        await Append(count..(count + 1));
        Ids(await Log.List(500, null)).ShouldBe(Enumerable.Range(0, count + 1).Reverse().Select(i => i.ToString()));
    }

    [Fact]
    public async Task A_full_log_removes_its_oldest_page()
    {
        await Append(0..25);
        var before = await Log.List(500, null);
        before.Total.ShouldBeLessThanOrEqualTo(10);
        Ids(before).ShouldBe(Enumerable.Range(25 - before.Total, before.Total).Reverse().Select(i => i.ToString()));
        before.Total.ShouldBeGreaterThan(6);
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(Ids(before));
        (await Log.Get("0")).ShouldBeNull();
    }

    [Fact]
    public async Task Removed_entries_are_gone_after_a_restart()
    {
        await Append(0..9);
        (await Log.Remove("2")).ShouldBe(Entry(2));
        (await Log.Remove("2")).ShouldBeNull();
        (await Log.RemoveBefore(Start.AddHours(1))).Select(e => e.Id).ShouldBe(["0"]);
        (await Log.RemoveByFiles(["audio_outputs/5.wav", "audio_outputs/none.wav"])).Select(e => e.Id).ShouldBe(["5"]);
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["8", "7", "6", "4", "3", "1"]);
    }

    [Fact]
    public async Task A_cleared_log_is_empty_and_takes_entries_again()
    {
        await Append(0..9);
        await Log.Clear();
        (await Log.List(500, null)).Total.ShouldBe(0);
        await Restart();
        (await Log.List(500, null)).Total.ShouldBe(0);
        await Append(20..26);
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["25", "24", "23", "22", "21", "20"]);
    }

    [Fact]
    public async Task An_empty_page_is_not_the_one_that_a_full_log_removes()
    {
        await Append(0..9);
        (await Log.RemoveBefore(Start.AddHours(4))).Count.ShouldBe(4);
        await Restart();
        await Append(9..20);
        (await Log.List(500, null)).Total.ShouldBeInRange(7, 10);
    }

    [Theory]
    [InlineData("generation-log")]
    [InlineData("generation-log-page")]
    public async Task An_entry_whose_write_fails_is_not_in_the_log_and_can_be_added_again(string state)
    {
        await Append(0..4);
        _cluster.Storage.FailNext = state;
        await Should.ThrowAsync<OrleansException>(Log.Append(Entry(4)));
        (await Log.Get("4")).ShouldBeNull();
        await Append(4..6);
        Ids(await Log.List(500, null)).ShouldBe(["5", "4", "3", "2", "1", "0"]);
    }

    [Fact]
    public async Task A_log_that_has_its_largest_number_of_bytes_removes_its_oldest_pages()
    {
        // Five of them and a little are a megabyte; a page has four.
        var text = new string('語', 60_000);
        for (var i = 0; i < 7; i++) await Log.Append(Entry(i) with { Text = text });
        Ids(await Log.List(500, null)).ShouldBe(["6", "5", "4"]);
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["6", "5", "4"]);
        for (var i = 7; i < 10; i++) await Log.Append(Entry(i) with { Text = text });
        Ids(await Log.List(500, null)).ShouldBe(["9", "8"]);
        await Log.Append(Entry(10) with { Text = new string('語', 400_000) });
        Ids(await Log.List(500, null)).ShouldBe(["10"]);
    }

    [Fact]
    public async Task A_noted_entry_is_listed_before_it_is_stored_and_those_that_wait_share_the_writes()
    {
        var gate = new TaskCompletionSource();
        _cluster.Storage.Gate = gate.Task;
        await Log.Note(Entry(0));
        await Log.Note(Entry(1));
        var appended = Log.Append(Entry(2));
        await GrainCluster.Until(async () => (await Log.List(500, null)).Total == 3);
        Ids(await Log.List(500, null)).ShouldBe(["2", "1", "0"]);
        (await Log.Get("1")).ShouldBe(Entry(1));
        appended.IsCompleted.ShouldBeFalse("it is not stored");
        var before = _cluster.Storage.Writes;
        gate.SetResult();
        await appended;
        (_cluster.Storage.Writes - before).ShouldBeLessThanOrEqualTo(3, "the list of pages and, twice at most, the page");
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["2", "1", "0"]);
    }

    [Fact]
    public async Task Noted_entries_are_stored_without_a_further_call()
    {
        var before = _cluster.Storage.Writes;
        foreach (var i in Enumerable.Range(0, 6)) await Log.Note(Entry(i));
        _cluster.Storage.Writes.ShouldBe(before, "they wait for others");
        await GrainCluster.Until(() =>
        {
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(_cluster.Storage.Writes == before + 3);
        });
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["5", "4", "3", "2", "1", "0"]);
    }

    [Fact]
    public async Task Noted_entries_are_stored_before_the_log_ends()
    {
        await Log.Note(Entry(0));
        await Restart();
        Ids(await Log.List(500, null)).ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_noted_entry_whose_write_fails_is_not_in_the_log_and_the_log_goes_on()
    {
        await Append(0..2);
        _cluster.Storage.FailNext = "generation-log-page";
        await Log.Note(Entry(2));
        await GrainCluster.Until(async () =>
        {
            try
            {
                await Append(3..4);
                return true;
            }
            catch (OrleansException)
            {
                return false;
            }
        });
        Ids(await Log.List(500, null)).ShouldBe(["3", "1", "0"]);
    }

    [Fact]
    public async Task Pages_that_a_release_with_a_grain_for_each_has_stored_are_read()
    {
        var storage = new SharedStorage();
        storage.Put("generation-log", GrainId.Parse("dia.generation-log/0"), """
            {"type":"dia.generation-log","version":1,"state":{"pages":[9,10]}}
            """);
        storage.Put("generation-log-page", GrainId.Parse("dia.generation-log-page/9"), Page("old"));
        storage.Put("generation-log-page", GrainId.Parse("dia.generation-log-page/A"), Page("new"));
        await using var cluster = await Open(storage);
        var log = cluster.Grains.GetGrain<IGenerationLogGrain>(0);
        Ids(await log.List(500, null)).ShouldBe(["new", "old"]);
        await log.Append(Entry(1));
        Ids(await log.List(500, null)).ShouldBe(["1", "new", "old"]);

        static string Page(string id) => $$$"""
            {"type":"dia.generation-log-page","version":1,"state":{"entries":[{"id":"{{{id}}}","timestamp":"2026-03-04T05:06:07+00:00",
            "text":"t","processedText":"p","voice":"v","audioPromptUsed":false,"generationTime":1}]}}
            """;
    }

    private IGenerationLogGrain Log => _cluster.Grains.GetGrain<IGenerationLogGrain>(0);

    private static Task<GrainCluster> Open(SharedStorage storage) => GrainCluster.Start(
        storage,
        loaded: false,
        configure: services => services
            .AddSingleton(new GenerationLogOptions { MaxEntries = 10, PageSize = 4 })
            .AddSingleton(new DiskOptions { MaxLogMegabytes = 1 }));

    private async Task Restart()
    {
        var storage = _cluster.Storage;
        await _cluster.DisposeAsync();
        _cluster = await Open(storage);
    }

    private async Task Append(Range numbers)
    {
        for (var i = numbers.Start.Value; i < numbers.End.Value; i++) await Log.Append(Entry(i));
    }

    private static GenerationEntry Entry(int number) => new()
    {
        Id = number.ToString(),
        Timestamp = Start.AddHours(number),
        Text = $"text {number}",
        ProcessedText = $"[S1] text {number} [S1]",
        Voice = number % 2 == 0 ? "even" : "odd",
        FilePath = $"audio_outputs/{number}.wav",
    };

    private static IEnumerable<string> Ids(GenerationPage page) => page.Entries.Select(entry => entry.Id);
}
