using System.Text.Json.Serialization;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// The stored state of an audio prompt. A cleared row is read as a new object: a null recording means that there is no such prompt.
/// </summary>
[GenerateSerializer, Alias("dia.audio-prompt-state"), StoredState("dia.audio-prompt", version: 1)]
internal sealed class AudioPromptState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "audio-prompt";

    [Id(0)] public PromptRecording? Recording { get; set; }

    [Id(1)] public PromptTranscript? Transcript { get; set; }

    [Id(2)] public DateTimeOffset DiscoveredAt { get; set; }

    /// <summary>The prompt; null if there is none.</summary>
    /// <param name="id">Its id.</param>
    public AudioPrompt? ToPrompt(string id) => Recording is { } recording
        ? new AudioPrompt { Id = id, Recording = recording, Transcript = Transcript, DiscoveredAt = DiscoveredAt }
        : null;
}

/// <summary>
/// The stored codes of an audio prompt, in a row of their own because they are larger than the rest and change less often.
/// </summary>
[GenerateSerializer, Alias("dia.audio-prompt-codes-state"), StoredState("dia.audio-prompt-codes", version: 2)]
internal sealed class AudioPromptCodesState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "audio-prompt-codes";

    /// <summary>The codes of one codec. Only version 1 wrote it.</summary>
    [Id(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptCodes? Codes { get; set; }

    /// <summary>Codes of different codecs, the oldest first. Since version 2.</summary>
    [Id(1)] public List<PromptCodes> ByCodec { get; set; } = [];
}

/// <summary>The stored ids of the audio prompts, in the order of their registration.</summary>
[GenerateSerializer, Alias("dia.audio-prompt-catalog-state"), StoredState("dia.audio-prompt-catalog", version: 2)]
internal sealed class AudioPromptCatalogState : IIdCatalogState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "audio-prompt-catalog";

    /// <summary>Name of the catalogue, in the keys of its pages.</summary>
    public const string Catalog = "audio-prompts";

    /// <inheritdoc/>
    [Id(0)] public List<string> Ids { get; set; } = [];

    /// <inheritdoc/>
    [Id(1)] public List<long> Pages { get; set; } = [];
}
