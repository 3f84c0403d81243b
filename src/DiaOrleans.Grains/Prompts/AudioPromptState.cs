using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>What an audio prompt's grain stores. A cleared row reads as a fresh object, so no recording means that there is no such prompt.</summary>
[GenerateSerializer, Alias("dia.audio-prompt-state"), StoredState("dia.audio-prompt", version: 1)]
internal sealed class AudioPromptState
{
    [Id(0)] public PromptRecording? Recording { get; set; }

    [Id(1)] public PromptTranscript? Transcript { get; set; }

    [Id(2)] public DateTimeOffset DiscoveredAt { get; set; }
}

/// <summary>A recording's codes, apart from the rest because they are far larger and change seldom.</summary>
[GenerateSerializer, Alias("dia.audio-prompt-codes-state"), StoredState("dia.audio-prompt-codes", version: 1)]
internal sealed class AudioPromptCodesState
{
    [Id(0)] public PromptCodes? Codes { get; set; }
}

/// <summary>Ids of audio prompts in the order of their registration.</summary>
[GenerateSerializer, Alias("dia.audio-prompt-catalog-state"), StoredState("dia.audio-prompt-catalog", version: 1)]
internal sealed class AudioPromptCatalogState
{
    [Id(0)] public List<string> Ids { get; set; } = [];
}
