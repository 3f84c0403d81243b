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
}
