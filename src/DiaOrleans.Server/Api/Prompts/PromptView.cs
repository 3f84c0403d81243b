using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.PromptLibrary;
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

    public static object ById(IReadOnlyList<AudioPrompt> prompts) => prompts.ToDictionary(prompt => prompt.Id, FromMetadata);

    public static object ById(IReadOnlyList<InspectedPrompt> prompts) => prompts.ToDictionary(prompt => prompt.Prompt.Id, FromFile);

    public static object FromDiscovery(IReadOnlyList<AudioPrompt> found, int total) => new
    {
        message = $"Discovered {found.Count} audio prompts",
        total_prompts = total,
        discovered = found.Select(FromMetadata),
    };

    public static object FromUpload(string id, StoredUpload stored)
    {
        var answer = new Dictionary<string, object>
        {
            ["message"] = $"Audio prompt '{id}' uploaded successfully",
            ["duration"] = stored.Duration,
            ["sample_rate"] = stored.SampleRate,
            ["original_sample_rate"] = stored.OriginalSampleRate,
            ["channels"] = "mono",
        };
        if (stored.Warning is { } warning) answer["warning"] = warning;
        return answer;
    }

    public static object FromTranscription(string id, string? transcript) =>
        new { prompt_id = id, transcript, saved_to = PromptFiles.TextKey(id) };

    public static object FromTranscript(string id, IReadOnlyList<string> voices) =>
        new { message = "Transcript updated successfully", prompt_id = id, updated_voices = voices };

    public static object FromFile(InspectedPrompt prompt)
    {
        var path = prompt.Prompt.Recording.Path;
        if (!prompt.Exists) return new { file_path = path, exists = false };
        if (prompt.Error is { } error) return new { file_path = path, exists = true, error };
        return new { file_path = path, duration = prompt.Duration, sample_rate = prompt.SampleRate, exists = true };
    }
}
