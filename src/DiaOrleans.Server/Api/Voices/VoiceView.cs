using DiaOrleans.Abstractions.Voices;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>The JSON of voices; docs/api.md, Voices.</summary>
internal static class VoiceView
{
    public static object FromSettings(VoiceSettings settings) => new
    {
        style = settings.Style,
        primary_speaker = settings.PrimarySpeaker,
        audio_prompt = settings.AudioPrompt,
        audio_prompt_transcript = settings.AudioPromptTranscript,
    };

    public static object ById(IReadOnlyList<Voice> voices) => voices.ToDictionary(voice => voice.Id, voice => FromSettings(voice.Settings));

    /// <summary>The list of all voices.</summary>
    /// <param name="voices">The voices.</param>
    /// <param name="root">The path under which clients see the server; empty if it is the root.</param>
    public static object FromList(IReadOnlyList<Voice> voices, string root) => new
    {
        voices = voices.Select(voice => new
        {
            id = voice.Id,
            name = voice.Id,
            style = voice.Settings.Style,
            primary_speaker = voice.Settings.PrimarySpeaker,
            has_audio_prompt = voice.Settings.AudioPrompt is not null,
            preview_url = $"{root}/preview/{Uri.EscapeDataString(voice.Id)}",
        }),
    };

    public static object Created(string id, VoiceSettings settings) =>
        new { message = $"Voice '{id}' created successfully", voice_config = FromSettings(settings) };

    public static object Updated(string id, VoiceSettings settings) =>
        new { message = $"Voice '{id}' updated successfully", voice_config = FromSettings(settings) };
}
