using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Models;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>OpenAI's library for .NET against a server.</summary>
[Collection(nameof(ServerCollection))]
public sealed class OpenAiDotnetTests(ServerFixture fixture)
{
    private const string Text = "Where is my hat? You are wearing it, Peter.";
    private readonly OpenAIClientOptions _options = new()
    {
        Endpoint = new Uri(fixture.Server.Address, "v1"),
        RetryPolicy = new ClientRetryPolicy(0),
    };

    private AudioClient Audio => Client("tts-1");

    [Theory]
    [InlineData("wav", "RIFF")]
    [InlineData("flac", "fLaC")]
    [InlineData("opus", "OggS")]
    public async Task Speech_has_the_requested_format(string format, string start)
    {
        BinaryData audio = (
            await Audio.GenerateSpeechAsync(
                Text,
                new GeneratedSpeechVoice("anna"),
                new SpeechGenerationOptions { ResponseFormat = new GeneratedSpeechFormat(format), SpeedRatio = 1.5f })).Value;
        System.Text.Encoding.ASCII.GetString(audio.ToArray(), 0, 4).ShouldBe(start);
    }

    [Fact]
    public async Task Streamed_speech_comes_in_updates()
    {
#pragma warning disable OPENAI001 // The library calls its streamed speech experimental.
        var updates = 0;
        var bytes = 0L;
        // The library streams only with this model; the name has no other effect.
        await foreach (
            var update in await Client("gpt-4o-mini-tts").GenerateSpeechStreamingAsync(
                Text,
                new GeneratedSpeechVoice("anna"),
                new SpeechGenerationOptions { ResponseFormat = GeneratedSpeechFormat.Pcm }))
        {
            updates++;
            if (update is StreamingSpeechAudioDeltaUpdate delta) bytes += delta.AudioBytes.ToMemory().Length;
        }
#pragma warning restore OPENAI001

        updates.ShouldBeGreaterThan(2);
        bytes.ShouldBeGreaterThan(24_000);
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        var models = new OpenAIModelClient(new ApiKeyCredential("none"), _options);
        (await models.GetModelsAsync()).Value.Select(model => model.Id).ShouldBe(["dia"]);
        (await models.GetModelAsync("dia")).Value.OwnedBy.ShouldBe("nari-labs");
    }

    [Fact]
    public async Task An_unknown_voice_is_an_error_with_the_sentence_of_the_server()
    {
        var error = await Should.ThrowAsync<ClientResultException>(
            () => Audio.GenerateSpeechAsync(Text, new GeneratedSpeechVoice("nobody")));
        error.Status.ShouldBe(404);
        error.Message.ShouldContain("Voice 'nobody' not found");
    }

    private AudioClient Client(string model) => new(model, new ApiKeyCredential("none"), _options);
}
