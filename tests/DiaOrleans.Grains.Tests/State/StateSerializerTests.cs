using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Tests.State;

public sealed class StateSerializerTests
{
    private readonly StateSerializer _serializer = new();

    [Fact]
    public void Writes_the_same_payload_to_the_letter()
    {
        var state = new VoiceState { Settings = new VoiceSettings("calm", "S2", null, "“Hallo”, sagt er."), TranscriptFromPrompt = true };
        _serializer.Serialize(state).ToString().ShouldBe(
            """{"type":"dia.voice","version":2,"state":{"settings":{"style":"calm","primarySpeaker":"S2","audioPrompt":null,"audioPromptTranscript":"“Hallo”, sagt er."},"transcriptFromPrompt":true}}""");
        _serializer.Serialize(new VoiceCatalogState { Ids = ["b", "a"] }).ToString().ShouldBe("""{"type":"dia.voice-catalog","version":1,"state":{"ids":["b","a"]}}""");
    }

    [Fact]
    public void Reads_back_what_it_wrote()
    {
        var settings = new VoiceSettings("s", "S1", "p", null);
        _serializer.Deserialize<VoiceState>(_serializer.Serialize(new VoiceState { Settings = settings })).Settings.ShouldBe(settings);
        _serializer.Deserialize<VoiceState>(_serializer.Serialize(new VoiceState())).Settings.ShouldBeNull();
    }

    [Fact]
    public void Reads_a_voice_of_version_1_whose_transcripts_were_all_set_by_hand()
    {
        var state = _serializer.Deserialize<VoiceState>(BinaryData.FromString(
            """{"type":"dia.voice","version":1,"state":{"settings":{"style":"calm","primarySpeaker":"S2","audioPrompt":"p","audioPromptTranscript":"Words."}}}"""));
        state.Settings.ShouldBe(new VoiceSettings("calm", "S2", "p", "Words."));
        state.TranscriptFromPrompt.ShouldBeFalse();
    }

    [Fact]
    public void Refuses_a_newer_version_and_names_both() =>
        Failure<VoiceState>("""{"type":"dia.voice","version":3,"state":{"settings":null,"mood":1}}""").ShouldContain("version 3; this release reads up to version 2");

    [Fact]
    public void Refuses_another_type() => Failure<VoiceState>("""{"type":"dia.job","version":1,"state":{}}""").ShouldContain("'dia.job' was found where 'dia.voice'");

    [Theory]
    [InlineData("""{"type":"dia.voice","version":1,"state":{"settings":null,"mood":1}}""")]
    [InlineData("""{"type":"dia.voice","version":1,"state":null}""")]
    [InlineData("""{"type":"dia.voice","version":1,"state":{"settings":{"style":null,"primarySpeaker":"S1"}}}""")]
    [InlineData("""{"type":"dia.voice","version":1""")]
    [InlineData("")]
    public void Refuses_a_payload_that_it_cannot_read_whole(string payload) => Failure<VoiceState>(payload).ShouldContain("Stored state 'dia.voice'");

    [Fact]
    public void Refuses_to_write_a_type_without_a_stored_name() => Should.Throw<InvalidOperationException>(() => _serializer.Serialize("text"));

    private string Failure<T>(string payload) => Should.Throw<StateFormatException>(() => _serializer.Deserialize<T>(BinaryData.FromString(payload))).Message;
}
