using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Tests.State;

public sealed class StateSerializerTests
{
    private readonly StateSerializer _serializer = new();

    [Fact]
    public void The_payload_is_written_in_exactly_this_form()
    {
        var settings = new VoiceSettings("calm", "S2", null, "“Hallo”, sagt er.");
        Written(new VoiceState { Settings = settings, TranscriptFromPrompt = true }).ShouldBe(
            """{"type":"dia.voice","version":2,"state":{"settings":{"style":"calm","primarySpeaker":"S2","audioPrompt":null,"""
            + """
            "audioPromptTranscript":"“Hallo”, sagt er."},"transcriptFromPrompt":true}}
            """);
        Written(new VoiceCatalogState { Ids = ["b", "a"] }).ShouldBe(
            """{"type":"dia.voice-catalog","version":2,"state":{"ids":["b","a"],"pages":[]}}""");
    }

    [Fact]
    public void A_written_payload_is_read_back()
    {
        var settings = new VoiceSettings("s", "S1", "p", null);
        _serializer.Deserialize<VoiceState>(_serializer.Serialize(new VoiceState { Settings = settings })).Settings.ShouldBe(settings);
        _serializer.Deserialize<VoiceState>(_serializer.Serialize(new VoiceState())).Settings.ShouldBeNull();
    }

    [Fact]
    public void A_voice_of_version_1_is_read_as_one_with_a_transcript_set_by_hand()
    {
        var state = Read<VoiceState>(
            """
            {"type":"dia.voice","version":1,"state":{"settings":
            {"style":"calm","primarySpeaker":"S2","audioPrompt":"p","audioPromptTranscript":"Words."}}}
            """);
        state.Settings.ShouldBe(new VoiceSettings("calm", "S2", "p", "Words."));
        state.TranscriptFromPrompt.ShouldBeFalse();
    }

    [Fact]
    public void A_newer_version_is_refused_with_both_versions_named() =>
        Failure<VoiceState>("""{"type":"dia.voice","version":3,"state":{"settings":null,"mood":1}}""")
            .ShouldContain("version 3; this release reads up to version 2");

    [Fact]
    public void Another_type_is_refused() =>
        Failure<VoiceState>("""{"type":"dia.job","version":1,"state":{}}""").ShouldContain("'dia.job' was found where 'dia.voice'");

    [Theory]
    [InlineData("""{"type":"dia.voice","version":1,"state":{"settings":null,"mood":1}}""")]
    [InlineData("""{"type":"dia.voice","version":1,"state":null}""")]
    [InlineData("""{"type":"dia.voice","version":1,"state":{"settings":{"style":null,"primarySpeaker":"S1"}}}""")]
    [InlineData("""{"type":"dia.voice","version":1""")]
    [InlineData("")]
    public void A_payload_that_cannot_be_read_completely_is_refused(string payload) =>
        Failure<VoiceState>(payload).ShouldContain("Stored state 'dia.voice'");

    [Fact]
    public void A_type_without_a_stored_name_cannot_be_written() =>
        Should.Throw<InvalidOperationException>(() => _serializer.Serialize("text"));

    private T Read<T>(string payload) => _serializer.Deserialize<T>(BinaryData.FromString(payload));

    private string Written<T>(T state) => _serializer.Serialize(state).ToString();

    private string Failure<T>(string payload) => Should.Throw<StateFormatException>(() => Read<T>(payload)).Message;
}
