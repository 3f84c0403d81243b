using System.Net;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>GET /preview/{voice_id}; docs/api.md, Voices.</summary>
public sealed class PreviewTests
{
    [Fact]
    public async Task A_preview_is_rendered_once_per_version_of_the_voice()
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"Zoë B"}""")).EnsureSuccessStatusCode();
        var first = await server.Client.GetAsync("/preview/Zo%C3%AB%20B");
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        first.Content.Headers.GetValues("Content-Disposition").Single()
            .ShouldBe("attachment; filename=preview_Zo__B.wav; filename*=UTF-8''preview_Zo%C3%AB%20B.wav");
        var wav = await first.Content.ReadAsByteArrayAsync();
        first.Content.Headers.ContentLength.ShouldBe(wav.Length);

        (await server.Client.GetByteArrayAsync("/v1/preview/Zo%C3%AB%20B")).ShouldBe(wav);
        (await (await server.Client.GetAsync("/logs")).Json()).GetProperty("total").GetInt32().ShouldBe(1);
        (await server.Client.PutJson("/voice_mappings/Zo%C3%AB%20B", """{"primary_speaker":"S2"}""")).EnsureSuccessStatusCode();
        (await server.Client.GetByteArrayAsync("/preview/Zo%C3%AB%20B")).ShouldNotBe(wav);
        (await (await server.Client.GetAsync("/logs")).Json()).GetProperty("total").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_preview_of_no_voice_is_not_found()
    {
        await using var server = await RunningServer.Start();
        var answer = await server.Client.GetAsync("/v1/preview/nobody");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe("Voice not found");
        (await answer.Json()).GetProperty("error").GetProperty("code").GetString().ShouldBe("voice_not_found");
    }

    [Fact]
    public async Task A_preview_is_a_sentence_that_names_the_voice_and_a_question_at_normal_speed()
    {
        await using var server = await ScriptedServer.Start();
        var wav = await server.Client.GetByteArrayAsync("/preview/anna");
        var spoken = server.Engine.LastCall.Text;
        spoken.ShouldStartWith("[S1] ");
        spoken.ShouldContain("anna");
        spoken.IndexOf("[S2] ", StringComparison.Ordinal).ShouldBeGreaterThan(spoken.IndexOf("anna", StringComparison.Ordinal));
        spoken.ShouldContain("? [S1]");
        // The engine makes one second.
        ((wav.Length - 44) / 2 / 44100.0).ShouldBe(1, 0.05);
        (await server.LastLog()).GetProperty("voice").GetString().ShouldBe("anna");
    }

    [Fact]
    public async Task A_failed_preview_is_a_500_and_is_rendered_again()
    {
        await using var server = await ScriptedServer.Start();
        server.Engine.Script = _ => throw new InvalidOperationException("A secret.");
        var failed = await server.Client.GetAsync("/preview/anna");
        ((int)failed.StatusCode).ShouldBe(500);
        (await failed.Detail()).ShouldStartWith("Preview generation failed: ");
        (await failed.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        failed.Content.Headers.Contains("Content-Disposition").ShouldBeFalse();
        server.Engine.Script = ScriptedEngine.Speak;
        (await server.Client.GetAsync("/preview/anna")).EnsureSuccessStatusCode();
    }
}
