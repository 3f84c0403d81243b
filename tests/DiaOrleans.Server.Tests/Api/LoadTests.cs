using System.Diagnostics;
using System.Net;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Many requests at the same time; each has an upper bound, so that the tests end soon.</summary>
public sealed class LoadTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private readonly HttpClient _client = fixture.Server.Client;

    [Fact]
    public async Task A_storm_of_changes_to_few_voices_leaves_a_list_of_those_that_exist()
    {
        var random = new Random(4);
        var requests = Enumerable.Range(0, 600).Select(_ =>
        {
            var id = $"storm-{random.Next(8)}";
            return random.Next(3) switch
            {
                0 => _client.PostJson("/voice_mappings", $$"""{"voice_id":"{{id}}"}"""),
                1 => _client.PutJson($"/voice_mappings/{id}", """{"style":"calm"}"""),
                _ => _client.DeleteAsync($"/voice_mappings/{id}"),
            };
        });
        foreach (var answer in await Task.WhenAll(requests))
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound);
        var listed = (await (await _client.GetAsync("/voice_mappings")).Json()).EnumerateObject().Select(voice => voice.Name).ToArray();
        for (var i = 0; i < 8; i++)
        {
            var exists = (await _client.PutJson($"/voice_mappings/storm-{i}", "{}")).StatusCode == HttpStatusCode.OK;
            listed.Contains($"storm-{i}").ShouldBe(exists);
        }

        listed.ShouldBeUnique();
    }

    [Theory]
    [InlineData("/voice_mappings", 200)]
    [InlineData("/audio_prompts", 200)]
    [InlineData("/jobs", 0)]
    public async Task Ids_that_do_not_exist_take_no_memory_that_stays(string path, int filling)
    {
        var begin = $"{path}/{new string('x', filling)}";

        async Task Ask(int from)
        {
            var asked = Enumerable.Range(from, 500).Select(_ => _client.DeleteAsync($"{begin}{Guid.NewGuid()}"));
            foreach (var answer in await Task.WhenAll(asked)) answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        for (var i = 0; i < 4; i++) await Ask(i * 500);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 4; i < 12; i++) await Ask(i * 500);
        await ShouldKeepLessThan(20 << 20, before);
    }

    [Theory]
    [InlineData("/openapi.json")]
    [InlineData("/docs")]
    public async Task The_documentation_is_served_to_many_at_once(string path)
    {
        async Task Ask()
        {
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _client.GetAsync(path))))
            {
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                answer.Dispose();
            }
        }

        // The first round fills the pools of buffers.
        await Ask();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 4; round++) await Ask();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        await ShouldKeepLessThan(30 << 20, before);
    }

    /// <summary>Other tests of the process take memory too, but not for long: the lowest reading of 20 s counts.</summary>
    private static async Task ShouldKeepLessThan(long bytes, long before)
    {
        var kept = long.MaxValue;
        for (var i = 0; i < 40 && kept >= bytes; i++)
        {
            if (i > 0) await Task.Delay(500);
            kept = Math.Min(kept, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        kept.ShouldBeLessThan(bytes);
    }
}
