using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>The JSON of audio prompts; docs/api.md, Audio prompts.</summary>
internal static class PromptView
{
    public static object FromMetadata(AudioPrompt prompt) => new
    {
        prompt_id = prompt.Id,
        file_path = prompt.Recording.Path,
        duration = Math.Round(prompt.Recording.Duration, 2),
        sample_rate = prompt.Recording.SampleRate,
        transcript = prompt.Transcript?.Text,
        transcript_source = prompt.Transcript?.Source,
        hash = prompt.Hash,
        discovered_at = ApiTime.Format(prompt.DiscoveredAt),
    };

    public static object FromFile(InspectedPrompt prompt)
    {
        var path = prompt.Prompt.Recording.Path;
        if (!prompt.Exists) return new { file_path = path, exists = false };
        if (prompt.Error is { } error) return new { file_path = path, exists = true, error };
        return new { file_path = path, duration = prompt.Duration, sample_rate = prompt.SampleRate, exists = true };
    }
}
