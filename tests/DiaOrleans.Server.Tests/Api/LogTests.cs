using System.Net;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The generation log, on servers of their own; docs/api.md, Log.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 8, 30, 0, 250, TimeSpan.Zero);
    private RunningServer _server = null!;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync() => _server = await RunningServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_clean_server_has_no_logs() =>
        (await Client.GetStringAsync("/logs")).ShouldBe("""{"logs":[],"total":0,"filtered":0}""");

    [Fact]
    public async Task An_entry_is_shown_with_all_its_fields()
    {
        await Append("one", "anna");
        const string Shown =
            """{"id":"one","timestamp":"2026-11-24T08:30:00.250000Z","text":"“Hi”","processed_text":"[S1] “Hi” """
            + """[S1]","voice":"anna","audio_prompt_used":false,"generation_time":1.5,"file_path":null,"file_size":null,"""
            + "\"seed_used\":null}";
        (await Client.GetStringAsync("/logs/one")).ShouldBe(Shown);
        (await Client.GetStringAsync("/v1/logs")).ShouldBe($$"""{"logs":[{{Shown}}],"total":1,"filtered":1}""");
    }

    [Fact]
    public async Task Lists_are_limited_and_filtered()
    {
        for (var i = 0; i < 60; i++) await Append($"g{i}", i % 3 == 0 ? "anna" : "bob");
        var all = await (await Client.GetAsync("/logs")).Json();
        (all.GetProperty("total").GetInt32(), all.GetProperty("filtered").GetInt32()).ShouldBe((60, 50));
        all.GetProperty("logs")[0].GetProperty("id").GetString().ShouldBe("g59");
        var some = await (await Client.GetAsync("/logs?limit=2&voice=anna")).Json();
        some.GetProperty("logs").EnumerateArray().Select(e => e.GetProperty("id").GetString()).ShouldBe(["g57", "g54"]);
        (some.GetProperty("total").GetInt32(), some.GetProperty("filtered").GetInt32()).ShouldBe((60, 2));
        (await (await Client.GetAsync("/logs?limit=0")).Json()).GetProperty("filtered").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("501", "less_than_equal")]
    [InlineData("-1", "greater_than_equal")]
    [InlineData("many", "int_parsing")]
    public async Task A_wrong_limit_is_refused(string limit, string type) =>
        (await (await Client.GetAsync($"/logs?limit={limit}")).OnlyFailure()).GetProperty("type").GetString().ShouldBe(type);

    [Fact]
    public async Task A_saved_output_is_downloaded_and_goes_with_its_entry()
    {
        var blobs = _server.App.Services.GetRequiredService<IBlobStore>();
        await blobs.Write("audio_outputs/20261124_083000_one_anna.wav", "RIFF"u8.ToArray());
        await Append("a/b", "anna", "audio_outputs/20261124_083000_one_anna.wav");
        var answer = await Client.GetAsync("/logs/a%2Fb/download");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldStartWith("attachment; filename=20261124_083000_one_anna.wav");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("RIFF");
        (await (await Client.DeleteAsync("/logs/a%2Fb")).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Log 'a/b' and associated file deleted"}""");
        (await blobs.Find("audio_outputs/20261124_083000_one_anna.wav")).ShouldBeNull();
        (await (await Client.GetAsync("/logs/a%2Fb")).Detail()).ShouldBe("Log 'a/b' not found");
        (await (await Client.GetAsync("/v1/logs/a%252Fb/download")).Detail()).ShouldBe("Log 'a%2Fb' not found");
    }

    [Fact]
    public async Task A_missing_output_is_not_found()
    {
        await Append("no-file", "anna");
        await Append("lost-file", "anna", "audio_outputs/lost.wav");
        foreach (var id in (string[])["no-file", "lost-file"])
        {
            var answer = await Client.GetAsync($"/logs/{id}/download");
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.Detail()).ShouldBe("Audio file not found or has been cleaned up");
        }

        foreach (
            var answer in (HttpResponseMessage[])[
                await Client.GetAsync("/logs/x"),
                await Client.GetAsync("/logs/x/download"),
                await Client.DeleteAsync("/v1/logs/x"),
            ])
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.Detail()).ShouldBe("Log 'x' not found");
        }
    }

    [Fact]
    public async Task Clearing_leaves_files_and_restarting_brings_nothing_back()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await RunningServer.Start(folder: folder.Path))
        {
            var log = Log(server);
            await log.Append(Entry("gone", "anna", null));
            (await (await server.Client.DeleteAsync("/logs")).Content.ReadAsStringAsync())
                .ShouldBe("""{"message":"All generation logs cleared"}""");
            for (var i = 0; i < 70; i++) await log.Append(Entry($"kept-{i}", "anna", null));
        }

        await using var next = await RunningServer.Start(folder: folder.Path);
        var logs = await (await next.Client.GetAsync("/logs?limit=500")).Json();
        logs.GetProperty("logs").EnumerateArray().Select(e => e.GetProperty("id").GetString())
            .ShouldBe(Enumerable.Range(0, 70).Reverse().Select(i => $"kept-{i}"));
    }

    private Task Append(string id, string voice, string? file = null) => Log(_server).Append(Entry(id, voice, file));

    private static IGenerationLogGrain Log(RunningServer server) =>
        server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IGenerationLogGrain>(0);

    private static GenerationEntry Entry(string id, string voice, string? file) =>
        new()
        {
            Id = id,
            Timestamp = Start,
            Text = "“Hi”",
            ProcessedText = "[S1] “Hi” [S1]",
            Voice = voice,
            GenerationTime = 1.5,
            FilePath = file,
        };
}
