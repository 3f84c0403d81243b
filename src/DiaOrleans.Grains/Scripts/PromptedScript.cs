using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>What the model reads where it continues a recording: the recording's words, then those to be spoken; spec/api.md 3.3.</summary>
internal static class PromptedScript
{
    /// <summary>
    /// Transcript and script as one string. A transcript without tags is spoken by the primary speaker; where the speaker of its last words goes on, the script's first tag
    /// is dropped, so that a tag never comes twice in a row.
    /// </summary>
    /// <param name="transcript">As people or machines wrote it; may be blank, then the script stands alone.</param>
    /// <param name="script">Tagged.</param>
    /// <param name="primarySpeaker">S1 or S2; anything else speaks as S1.</param>
    public static string Join(string transcript, string script, string primarySpeaker)
    {
        if (ScriptText.Clean(transcript) is not { Length: > 0 } cleaned) return script;
        var words = ScriptText.WithoutTagAtEnd(ScriptText.FindTag(cleaned) < cleaned.Length ? ScriptText.Tag(cleaned, primarySpeaker) : $"{ScriptText.TagOf(primarySpeaker)} {cleaned}");
        var tag = script[..TextIds.FirstSpeaker.Length];
        return ScriptText.LastTag(words) == tag ? $"{words} {script[tag.Length..].TrimStart(' ')}" : $"{words} {script}";
    }
}
