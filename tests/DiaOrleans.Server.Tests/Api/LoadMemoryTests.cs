using System.Diagnostics;
using System.Net;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>What many requests leave in the memory of the process, which no other test uses meanwhile.</summary>
[Collection(nameof(RunsAlone))]
public sealed class LoadMemoryTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private readonly HttpClient _client = fixture.Server.Client;

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

    /// <summary>What a request used is collected some seconds later: the lowest reading of 20 s counts.</summary>
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
