using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Tests.State;

/// <summary>
/// Payloads that releases have stored. They are never edited: a change of a shape needs a new version, which still reads them.
/// </summary>
public sealed class StoredStateTests
{
    private static readonly DateTimeOffset When = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private readonly StateSerializer _serializer = new();

    [Fact]
    public void An_audio_prompt_of_version_1()
    {
        var state = Read<AudioPromptState>(
            """
            {"type":"dia.audio-prompt","version":1,"state":{"recording":{"path":"audio_prompts/a.wav","duration":1.5,"sampleRate":44100,
            "hash":"0a"},"transcript":{"text":"Words.","source":"whisper","spans":[{"start":0,"end":1.5,"text":"Words."}]},
            "discoveredAt":"2026-03-04T05:06:07+00:00"}}
            """);
        state.Recording.ShouldBe(new PromptRecording("audio_prompts/a.wav", 1.5, 44100, "0a"));
        (state.Transcript!.Text, state.Transcript.Source, state.DiscoveredAt).ShouldBe(("Words.", "whisper", When));
        state.Transcript.Spans.ShouldBe([new TranscriptSpan(0, 1.5, "Words.")]);
    }

    [Fact]
    public void An_audio_prompt_of_version_1_without_a_transcript() => Read<AudioPromptState>(
        """
        {"type":"dia.audio-prompt","version":1,"state":{"recording":{"path":"audio_prompts/a.wav","duration":1.5,"sampleRate":44100,
        "hash":"0a"},"transcript":null,"discoveredAt":"2026-03-04T05:06:07+00:00"}}
        """).Transcript.ShouldBeNull();

    [Fact]
    public void Codes_of_version_1()
    {
        const string Stored =
            """
            {"type":"dia.audio-prompt-codes","version":1,"state":{"codes":{"recordingHash":"0a","codecFingerprint":"0b",
            "cells":[1,2,3,1023],"channels":2}}}
            """;
        var state = _serializer.Deserialize<AudioPromptCodesState>(BinaryData.FromString(Stored.ReplaceLineEndings("")));
        ShouldBeCodesOf0a0b(state.Codes!);
        state.ByCodec.ShouldBeEmpty();
    }

    [Fact]
    public void Codes_of_version_2()
    {
        var state = Read<AudioPromptCodesState>(
            """
            {"type":"dia.audio-prompt-codes","version":2,"state":{"byCodec":[{"recordingHash":"0a","codecFingerprint":"0b",
            "cells":[1,2,3,1023],"channels":2}]}}
            """);
        ShouldBeCodesOf0a0b(state.ByCodec.ShouldHaveSingleItem());
        state.Codes.ShouldBeNull();
    }

    [Fact]
    public void A_catalogue_of_audio_prompts_of_version_1() =>
        _serializer.Deserialize<AudioPromptCatalogState>(
            BinaryData.FromString("""{"type":"dia.audio-prompt-catalog","version":1,"state":{"ids":["b","a"]}}"""))
            .Ids.ShouldBe(["b", "a"]);

    [Fact]
    public void A_catalogue_of_audio_prompts_of_version_2() => Read<AudioPromptCatalogState>(
        """{"type":"dia.audio-prompt-catalog","version":2,"state":{"ids":["b","a"],"pages":[1,3]}}""").Pages.ShouldBe([1, 3]);

    [Fact]
    public void A_catalogue_of_voices_of_version_1() =>
        _serializer.Deserialize<VoiceCatalogState>(
            BinaryData.FromString("""{"type":"dia.voice-catalog","version":1,"state":{"ids":["b","a"]}}""")).Ids.ShouldBe(["b", "a"]);

    [Fact]
    public void A_catalogue_of_voices_of_version_2() => Read<VoiceCatalogState>(
        """{"type":"dia.voice-catalog","version":2,"state":{"ids":["b","a"],"pages":[1,3]}}""").Pages.ShouldBe([1, 3]);

    [Fact]
    public void A_page_of_ids_of_version_1() =>
        Read<IdPageState>("""{"type":"dia.id-page","version":1,"state":{"ids":["b","a"]}}""").Ids.ShouldBe(["b", "a"]);

    [Fact]
    public void A_log_of_version_1() =>
        Read<GenerationLogState>("""{"type":"dia.generation-log","version":1,"state":{"pages":[3,4]}}""").Pages.ShouldBe([3, 4]);

    [Fact]
    public void A_page_of_the_log_of_version_1()
    {
        var page = Read<GenerationLogPageState>(
            """
            {"type":"dia.generation-log-page","version":1,"state":{"entries":[{"id":"i","timestamp":"2026-03-04T05:06:07+00:00",
            "text":"Hi","processedText":"[S1] Hi","voice":"v","audioPromptUsed":true,"generationTime":1.25,
            "filePath":"audio_outputs/x.wav","fileSize":44},{"id":"j","timestamp":"2026-03-04T05:06:07+00:00","text":"Hi",
            "processedText":"[S1] Hi","voice":"v","audioPromptUsed":false,"generationTime":0,"filePath":null,"fileSize":null}]}}
            """);
        page.Entries[0].ShouldBe(new GenerationEntry
        {
            Id = "i",
            Timestamp = When,
            Text = "Hi",
            ProcessedText = "[S1] Hi",
            Voice = "v",
            AudioPromptUsed = true,
            GenerationTime = 1.25,
            FilePath = "audio_outputs/x.wav",
            FileSize = 44,
        });
        page.Entries[1].FilePath.ShouldBeNull();
        page.Entries[1].FileSize.ShouldBeNull();
    }

    [Fact]
    public void A_configuration_of_version_1() => Read<ConfigurationState>(
        """
        {"type":"dia.configuration","version":1,"state":{"configuration":{"debugMode":true,"saveOutputs":true,"showPrompts":true,
        "outputRetentionHours":48,"autoDiscoverPrompts":false,"autoTranscribe":false,"whisperModelSize":"tiny"}}}
        """).Configuration.ShouldBe(new ServerConfiguration
        {
            DebugMode = true,
            SaveOutputs = true,
            ShowPrompts = true,
            OutputRetentionHours = 48,
            AutoDiscoverPrompts = false,
            AutoTranscribe = false,
            WhisperModelSize = "tiny",
        });

    private static void ShouldBeCodesOf0a0b(PromptCodes codes)
    {
        (codes.RecordingHash, codes.CodecFingerprint, codes.Channels).ShouldBe(("0a", "0b", 2));
        codes.Cells.ShouldBe([1, 2, 3, 1023]);
    }

    /// <summary>Reads a payload and checks that this release writes the same.</summary>
    /// <param name="lines">The payload. Line breaks are not part of it.</param>
    private T Read<T>(string lines)
    {
        var stored = lines.ReplaceLineEndings("");
        var state = _serializer.Deserialize<T>(BinaryData.FromString(stored));
        _serializer.Serialize(state).ToString().ShouldBe(stored, "the shape has changed, and the version has not");
        return state;
    }
}
