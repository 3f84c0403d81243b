using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>What a voice grain stores. A cleared row reads as a fresh object, so null settings mean that there is no such voice.</summary>
[GenerateSerializer, Alias("dia.voice-state"), StoredState("dia.voice", version: 2)]
internal sealed class VoiceState
{
    [Id(0)] public VoiceSettings? Settings { get; set; }

    /// <summary>The transcript was copied from the prompt, and not set by hand. Since version 2; before it all transcripts were set by hand.</summary>
    [Id(1)] public bool TranscriptFromPrompt { get; set; }
}
