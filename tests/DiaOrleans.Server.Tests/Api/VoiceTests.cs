using System.Net;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Voices; docs/api.md, Voices. The class has a server of its own, without voices when a test begins.</summary>
public sealed class VoiceTests(VoiceTests.Fixture fixture) : IClassFixture<VoiceTests.Fixture>, IAsyncLifetime
{
    private readonly HttpClient _client = fixture.Server.Client;

    public async ValueTask InitializeAsync()
    {
        foreach (var voice in (await (await _client.GetAsync("/voice_mappings")).Json()).EnumerateObject())
            (await _client.DeleteAsync($"/voice_mappings/{Uri.EscapeDataString(voice.Name)}")).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_clean_server_has_no_voices()
    {
        (await _client.GetStringAsync("/voices")).ShouldBe("""{"voices":[]}""");
        (await _client.GetStringAsync("/v1/voice_mappings")).ShouldBe("{}");
    }

    [Fact]
    public async Task Voices_are_created_listed_changed_and_deleted()
    {
        var created = await _client.PostJson("/voice_mappings", """{"voice_id":"zoë","style":"","primary_speaker":null}""");
        (await created.Content.ReadAsStringAsync())
            .ShouldBe(
                """{"message":"Voice 'zoë' created successfully","voice_config":"""
                + """{"style":"neutral","primary_speaker":"S1","audio_prompt":null,"audio_prompt_transcript":null}}""");
        await _client.PostJson("/v1/voice_mappings", """{"voice_id":"bob","style":"warm","primary_speaker":"S2","audio_prompt":"p1"}""");
        (await _client.GetStringAsync("/voices")).ShouldBe(
            """{"voices":[{"id":"zoë","name":"zoë","style":"neutral","primary_speaker":"S1","has_audio_prompt":false"""
            + ""","preview_url":"/preview/zo%C3%AB"},""" +
            """{"id":"bob","name":"bob","style":"warm","primary_speaker":"S2","has_audio_prompt":true,"preview_url":"/preview/bob"}]}""");

        (
            await (await _client.PutJson("/voice_mappings/bob", """{"voice_id":"other","style":"calm","primary_speaker":"""
                + """null}""")).Content.ReadAsStringAsync())
            .ShouldBe(
                """{"message":"Voice 'bob' updated successfully","voice_config":"""
                + """{"style":"calm","primary_speaker":"S2","audio_prompt":"p1","audio_prompt_transcript":null}}""");
        await _client.PostJson("/voice_mappings", """{"voice_id":"zoë","style":"again"}""");
        (await (await _client.GetAsync("/voice_mappings")).Json()).EnumerateObject().Select(p => p.Name).ShouldBe(["zoë", "bob"]);

        (await (await _client.DeleteAsync("/voice_mappings/zo%C3%AB")).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Voice 'zoë' deleted successfully"}""");
        (await (await _client.GetAsync("/voice_mappings")).Json()).EnumerateObject().Select(p => p.Name).ShouldBe(["bob"]);
        await _client.PostJson("/voice_mappings", """{"voice_id":"zoë"}""");
        (await (await _client.GetAsync("/voice_mappings")).Json()).EnumerateObject().Select(p => p.Name).ShouldBe(["bob", "zoë"]);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task An_unknown_voice_is_not_found(string method)
    {
        foreach (var (path, id) in new[] { ("nobody", "nobody"), ("%20", " "), ("a%252Fb", "a%2Fb"), ("a%2Fb", "a/b") })
        {
            var answer = await _client.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), $"/v1/voice_mappings/{path}") { Content = new StringContent("{}") });
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.Detail()).ShouldBe($"Voice '{id}' not found");
            (await answer.Json()).GetProperty("error").GetProperty("code").GetString().ShouldBe("voice_not_found");
        }
    }

    [Fact]
    public async Task Ids_in_paths_are_decoded_once()
    {
        foreach (var id in (string[])["a/b", "a%2Fb", "ü 😀?#&", "a\\b"])
        {
            await _client.PostJson("/voice_mappings", JsonSerializer.Serialize(new { voice_id = id }));
            var answer = await _client.DeleteAsync($"/voice_mappings/{Uri.EscapeDataString(id).Replace(".", "%2E")}");
            (await answer.Content.ReadAsStringAsync()).ShouldContain("deleted successfully", Case.Sensitive, id);
        }
    }

    [Theory]
    [InlineData("/voice%5Fmappings/v")]
    [InlineData("/voice_mappings/./v")]
    [InlineData("/voice_mappings/x/../v")]
    [InlineData("/v1/voice_mappings/v?voice_mappings/x")]
    public async Task A_path_that_routing_maps_to_a_voice_is_that_voice(string path)
    {
        (await RawHttp.Send(_client.BaseAddress!, $"DELETE {path} HTTP/1.1")).ShouldContain("Voice 'v' not found");
    }

    [Fact]
    public async Task A_key_that_is_invalid_unicode_is_an_unknown_field()
    {
        (await _client.PostJson("/voice_mappings", """{"\ud800":1,"voice_id":"v"}""")).EnsureSuccessStatusCode();
        (await _client.PutJson("/voice_mappings/v", """{"\ud800":1,"style":"calm"}""")).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("""{"voice_id":""}""", 400)]
    [InlineData("""{"voice_id":" \t"}""", 400)]
    [InlineData("""{"voice_id":"a\u0007b"}""", 422)]
    [InlineData("""{"voice_id":"."}""", 422)]
    [InlineData("""{"voice_id":".."}""", 422)]
    [InlineData("""{"style":"x"}""", 422)]
    [InlineData("""{"voice_id":"x","style":3}""", 422)]
    [InlineData("""{"voice_id":null}""", 422)]
    public async Task A_voice_that_cannot_exist_is_refused(string body, int status)
    {
        var answer = await _client.PostJson("/voice_mappings", body);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 400) (await answer.Detail()).ShouldBe("voice_id is required");
        (await _client.GetStringAsync("/voice_mappings")).ShouldBe("{}");
    }

    [Fact]
    public async Task An_id_has_at_most_256_code_points()
    {
        (
            (int)(
                await _client.PostJson(
                    "/voice_mappings",
                    JsonSerializer.Serialize(new { voice_id = string.Concat(Enumerable.Repeat("😀", 256)) }))).StatusCode)
            .ShouldBe(200);
        var failure = await (
            await _client.PostJson("/voice_mappings", JsonSerializer.Serialize(new { voice_id = new string('a', 257) }))).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("string_too_long");
    }

    [Fact]
    public async Task Voices_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("dia-restart-").FullName;
        try
        {
            await using (var server = await RunningServer.Start(folder: folder))
            {
                await server.Client.PostJson(
                    "/voice_mappings",
                    """{"voice_id":"keep","style":"deep","audio_prompt_transcript":"Hello."}""");
                await server.Client.PostJson("/voice_mappings", """{"voice_id":"drop"}""");
                await server.Client.DeleteAsync("/voice_mappings/drop");
            }

            await using (var server = await RunningServer.Start(folder: folder))
            {
                (await server.Client.GetStringAsync("/voice_mappings"))
                    .ShouldBe(
                        """{"keep":{"style":"deep","primary_speaker":"S1","audio_prompt":null,"audio_prompt_transcript":"Hello."}}""");
                (await server.Client.PutJson("/voice_mappings/keep", """{"style":"light"}""")).EnsureSuccessStatusCode();
                (await server.Client.PostJson("/voice_mappings", """{"voice_id":"drop"}""")).EnsureSuccessStatusCode();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"style":null,"primary_speaker":null,"audio_prompt":null,"audio_prompt_transcript":null}""")]
    [InlineData("""{"style":"","primary_speaker":""}""")]
    [InlineData("""{"style":" \t","primary_speaker":" "}""")]
    [InlineData("""{"voice_id":7,"Style":"other"}""")]
    public async Task Fields_that_a_change_leaves_out_or_empty_are_kept(string body)
    {
        await _client.Accepted(
            HttpMethod.Post,
            "/voice_mappings",
            """{"voice_id":"v","style":"warm","primary_speaker":"S2","audio_prompt":"p","audio_prompt_transcript":"Words."}""");
        (await _client.Accepted(HttpMethod.Put, "/voice_mappings/v", body)).GetRawText().ShouldBe(
            """{"message":"Voice 'v' updated successfully","voice_config":"""
            + """{"style":"warm","primary_speaker":"S2","audio_prompt":"p","audio_prompt_transcript":"Words."}}""");
    }

    /// <summary>One server for the whole class.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.Start();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"voice_id":"v"}""", "neutral", "S1")]
    [InlineData("""{"voice_id":"v","style":null,"primary_speaker":null}""", "neutral", "S1")]
    [InlineData("""{"voice_id":"v","style":"","primary_speaker":""}""", "neutral", "S1")]
    [InlineData("""{"voice_id":"v","style":" ","primary_speaker":"\t"}""", "neutral", "S1")]
    [InlineData("""{"voice_id":"v","style":"warm","primary_speaker":"S2"}""", "warm", "S2")]
    [InlineData("""{"voice_id":"v","style":"warm","primary_speaker":"S9"}""", "warm", "S9")]
    public async Task A_voice_has_what_was_sent_or_the_defaults(string body, string style, string speaker)
    {
        (await _client.Accepted(HttpMethod.Post, "/v1/voice_mappings", body)).GetRawText().ShouldBe(
            """{"message":"Voice 'v' created successfully","voice_config":"""
            + $$$"""{"style":"{{{style}}}","primary_speaker":"{{{speaker}}}","audio_prompt":null,"audio_prompt_transcript":null}}""");
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\u001f")]
    [InlineData("a\\u007f")]
    [InlineData("a\\u0085")]
    [InlineData("\\ud800")]
    public async Task An_id_has_no_control_characters_and_is_text(string id) =>
        (await (await _client.PostJson("/voice_mappings", $$"""{"voice_id":"{{id}}"}""")).OnlyFailure()).GetProperty("loc")[1].GetString()
            .ShouldBe("voice_id");

    [Fact]
    public async Task A_voice_that_is_created_again_keeps_only_its_place()
    {
        foreach (var id in (string[])["first", "second"])
            await _client.Accepted(
                HttpMethod.Post,
                "/voice_mappings",
                $$"""{"voice_id":"{{id}}","style":"warm","audio_prompt":"p","audio_prompt_transcript":"Words."}""");
        await _client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"first"}""");
        (await _client.GetStringAsync("/voice_mappings")).ShouldBe(
            """{"first":{"style":"neutral","primary_speaker":"S1","audio_prompt":null,"audio_prompt_transcript":null}"""
            + ""","second":{"style":"warm","primary_speaker":"S1","audio_prompt":"p","audio_prompt_transcript":"Words."}}""");
    }
}
