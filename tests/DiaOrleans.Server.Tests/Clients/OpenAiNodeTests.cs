using System.Text.Json;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>OpenAI's library for JavaScript (npm <c>openai</c>) against a server, in a process of its own.</summary>
[Collection(nameof(ServerCollection))]
public sealed class OpenAiNodeTests(ServerFixture fixture)
{
    [Fact]
    public async Task The_library_for_javascript_speaks_streams_lists_and_understands_errors()
    {
        var folder = await NodeClient.Install();
        var (code, output, error) = await NodeClient.Run(
            "node",
            [Path.Combine(folder, "client.mjs"), fixture.Server.Address.ToString().TrimEnd('/')],
            folder);
        code.ShouldBe(0, error);
        var seen = JsonDocument.Parse(output).RootElement;

        seen.GetProperty("mp3").GetProperty("type").GetString().ShouldBe("audio/mpeg");
        seen.GetProperty("mp3").GetProperty("start").GetString()!.ShouldStartWith("ff");
        seen.GetProperty("mp3").GetProperty("bytes").GetInt32().ShouldBeGreaterThan(10_000);
        seen.GetProperty("pcm").GetProperty("type").GetString().ShouldBe("audio/pcm");
        seen.GetProperty("pcm").GetProperty("chunks").GetInt32().ShouldBeGreaterThan(1);
        var bytes = seen.GetProperty("pcm").GetProperty("bytes").GetInt32();
        seen.GetProperty("events").GetProperty("type").GetString().ShouldBe("text/event-stream");
        seen.GetProperty("events").GetProperty("bytes").GetInt32().ShouldBe(bytes);
        var last = seen.GetProperty("events").GetProperty("last");
        last.GetProperty("type").GetString().ShouldBe("speech.audio.done");
        last.GetProperty("usage").GetProperty("output_tokens").GetInt32().ShouldBeGreaterThan(10);
        seen.GetProperty("models").EnumerateArray().Select(m => m.GetString()).ShouldBe(["dia"]);
        seen.GetProperty("model").GetString().ShouldBe("model");

        var unknown = seen.GetProperty("unknownVoice");
        unknown.GetProperty("status").GetInt32().ShouldBe(404);
        unknown.GetProperty("kind").GetString().ShouldBe("NotFoundError");
        unknown.GetProperty("code").GetString().ShouldBe("voice_not_found");
        unknown.GetProperty("message").GetString()!.ShouldContain("Voice 'nobody' not found. Available voices: ['anna']");
        seen.GetProperty("badSpeed").GetProperty("kind").GetString().ShouldBe("UnprocessableEntityError");
        seen.GetProperty("noInput").GetProperty("message").GetString()!.ShouldContain("Input text is required");
    }
}
