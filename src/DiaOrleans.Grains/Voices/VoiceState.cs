using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The stored state of a voice. A cleared row is read as a new object: null settings mean that there is no such voice.</summary>
[GenerateSerializer, Alias("dia.voice-state"), StoredState("dia.voice", version: 2)]
internal sealed class VoiceState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "voice";

    [Id(0)] public VoiceSettings? Settings { get; set; }

    /// <summary>
    /// True if the transcript was copied from the audio prompt. Since version 2; in version 1 all transcripts were set by hand.
    /// </summary>
    [Id(1)] public bool TranscriptFromPrompt { get; set; }
}
