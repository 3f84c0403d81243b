using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// What the model reads if it continues a recording: the recording's words, then those to be spoken; docs/api.md, Cloning.
/// </summary>
internal static class PromptedScript
{
    private const int Space = ' ';

    /// <summary>
    /// A transcript as it precedes a script: with a tag at its start and none at its end. Empty if it holds tags only.
    /// </summary>
    /// <param name="transcript">Cleaned, not empty. Without tags it is spoken by the primary speaker.</param>
    /// <param name="primarySpeaker">S1 or S2; any other value speaks as S1.</param>
    public static string TagTranscript(string transcript, string primarySpeaker)
    {
        var hasTag = ScriptText.FindTag(transcript) < transcript.Length;
        var tagged = hasTag ? ScriptText.Tag(transcript, primarySpeaker) : $"{ScriptText.TagOf(primarySpeaker)} {transcript}";
        return ScriptText.WithoutTagAtEnd(tagged);
    }

    /// <summary>
    /// Ids of words and script, with a space between them. If the last speaker of the words goes on, the script's first tag is dropped.
    /// </summary>
    /// <param name="words">Ids of what <see cref="TagTranscript"/> returned; if empty, the result is the script.</param>
    /// <param name="script">Ids of a tagged script.</param>
    public static int[] Join(ReadOnlySpan<int> words, ReadOnlySpan<int> script)
    {
        if (words.IsEmpty) return script.ToArray();
        var rest = script;
        if (words[LastTag(words)] == script[0]) rest = script[1..].TrimStart(Space);
        return [.. words, Space, .. rest];
    }

    private static int LastTag(ReadOnlySpan<int> ids)
    {
        var at = ids.Length - 1;
        while (!TextIds.IsTag(ids[at])) at--;
        return at;
    }
}
