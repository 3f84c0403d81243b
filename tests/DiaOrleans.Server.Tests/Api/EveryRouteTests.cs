using System.Net;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The rules of docs/api.md, Ground rules that hold for every route.</summary>
public sealed class EveryRouteTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private readonly HttpClient _client = fixture.Server.Client;

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "/" },
        { "GET", "/health" },
        { "GET", "/health/startup" },
        { "GET", "/health/ready" },
        { "GET", "/gpu/status" },
        { "GET", "/queue/stats" },
        { "POST", "/cleanup" },
        { "GET", "/config" },
        { "PUT", "/config" },
        { "GET", "/logs" },
        { "DELETE", "/logs" },
        { "GET", "/logs/x" },
        { "DELETE", "/logs/x" },
        { "GET", "/logs/x/download" },
        { "GET", "/voices" },
        { "GET", "/voice_mappings" },
        { "POST", "/voice_mappings" },
        { "PUT", "/voice_mappings/x" },
        { "DELETE", "/voice_mappings/x" },
        { "GET", "/preview/x" },
        { "GET", "/audio_prompts" },
        { "DELETE", "/audio_prompts/x" },
        { "GET", "/audio_prompts/x/audio" },
        { "GET", "/audio_prompts/metadata" },
        { "GET", "/audio_prompts/metadata/x" },
        { "POST", "/audio_prompts/upload" },
        { "POST", "/audio_prompts/discover" },
        { "POST", "/audio_prompts/x/transcribe" },
        { "PUT", "/audio_prompts/x/transcript" },
        { "GET", "/whisper/status" },
        { "POST", "/whisper/load" },
        { "POST", "/generate" },
        { "POST", "/api/tts/generate" },
        { "GET", "/api/tts/speakers" },
        { "POST", "/audio/speech" },
        { "GET", "/audio/voices" },
        { "GET", "/audio/models" },
        { "GET", "/jobs" },
        { "DELETE", "/jobs" },
        { "GET", "/jobs/x" },
        { "DELETE", "/jobs/x" },
        { "GET", "/jobs/x/result" },
    };

    public static TheoryData<string, string> BelowTheRoot => new(Routes.Where(route => route.Data.Item2 != "/"));

    public static TheoryData<string> Read => new(Routes.Where(route => route.Data.Item1 == "GET").Select(route => route.Data.Item2));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_route_answers_the_same_bare_and_under_v1(string method, string path)
    {
        var (bare, twin) = (await _client.Send(method, path), await _client.Send(method, Twin(path)));
        twin.StatusCode.ShouldBe(bare.StatusCode);
        bare.StatusCode.ShouldNotBe(HttpStatusCode.MethodNotAllowed);
        if ((int)bare.StatusCode < 400) return;
        var detail = (await bare.Json()).GetProperty("detail").ToString();
        detail.ShouldNotBe("Not Found");
        (await twin.Json()).GetProperty("detail").ToString().ShouldBe(detail);
    }

    [Fact]
    public async Task Errors_of_openais_routes_have_its_error_object_also_without_v1()
    {
        foreach (var path in (string[])["/audio/speech", "/v1/audio/speech"])
        {
            var answer = await (await _client.PostJson(path, """{"input":"Hi.","voice":"nobody"}""")).Json();
            answer.GetProperty("error").GetProperty("code").GetString().ShouldBe("voice_not_found");
            answer.GetProperty("error").GetProperty("message").GetString().ShouldBe(answer.GetProperty("detail").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(BelowTheRoot))]
    public async Task A_route_is_served_with_a_trailing_slash_by_a_redirect(string method, string path)
    {
        foreach (var route in (string[])[path, Twin(path)])
        {
            var answer = await _client.Send(method, $"{route}/?a=%20b");
            ((int)answer.StatusCode).ShouldBe(307);
            answer.Headers.Location!.OriginalString.ShouldBe($"{route}?a=%20b");
        }
    }

    [Theory]
    [MemberData(nameof(Read))]
    public async Task Head_is_served_on_the_root_health_and_finished_audio_only(string path)
    {
        foreach (var route in (string[])[path, Twin(path)])
        {
            var answer = await _client.Send("HEAD", route);
            ((int)answer.StatusCode).ShouldBe(path switch
            {
                "/" or "/health" => 200,
                // The server has no such audio.
                "/audio_prompts/x/audio" or "/preview/x" or "/jobs/x/result" or "/logs/x/download" => 404,
                _ => 405,
            });
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(BelowTheRoot))]
    public async Task A_route_is_case_sensitive(string method, string path)
    {
        await IsUnknown(await _client.Send(method, path.ToUpperInvariant()));
        await IsUnknown(await _client.Send(method, "/V1" + path));
        await IsUnknown(await _client.Send("PATCH", path.ToUpperInvariant()));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_method_is_refused_with_the_allowed_ones(string method, string path)
    {
        foreach (var route in (string[])[path, Twin(path)])
        {
            var answer = await _client.Send("PATCH", route);
            answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
            (await answer.Detail()).ShouldBe("Method Not Allowed");
            answer.Content.Headers.Allow.ShouldContain(method);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_answer_has_a_request_id_that_browsers_can_read(string method, string path)
    {
        var answer = await _client.Send(method, path, ("X-Request-ID", "mine"), ("Origin", "http://localhost:8000"));
        answer.Headers.GetValues("X-Request-ID").Single().ShouldBe("mine");
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("http://localhost:8000");
        answer.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("X-Request-ID");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task No_browser_guesses_the_type_of_an_answer_and_nobody_keeps_it(string method, string path)
    {
        foreach (var route in (string[])[path, Twin(path), "/nowhere" + path])
        {
            var answer = await _client.Send(method, route);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.CacheControl!.ToString().ShouldBe("no-store");
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_page_of_another_origin_may_read_nothing_and_change_nothing(string method, string path)
    {
        var answer = await _client.Send(method, path, ("Origin", "https://app.example"));
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        if (method != "GET") answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/audio_prompts/METADATA", "GET", 405)]
    [InlineData("/audio_prompts/METADATA", "DELETE", 404)]
    [InlineData("/audio_prompts/Upload", "POST", 405)]
    [InlineData("/audio_prompts/Metadata/transcribe", "POST", 404)]
    public async Task An_id_can_be_a_routes_name_in_another_case(string path, string method, int status)
    {
        var answer = await _client.Send(method, path);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 405) answer.Content.Headers.Allow.ShouldBe(["DELETE"]);
        else (await answer.Detail()).ShouldBe($"Audio prompt '{path.Split('/')[2]}' not found");
    }

    private static string Twin(string path) => path == "/" ? "/v1" : $"/v1{path}";

    private static async Task IsUnknown(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("""{"detail":"Not Found"}"""[..^1]);
    }
}
