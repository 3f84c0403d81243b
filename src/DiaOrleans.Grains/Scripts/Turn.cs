using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>What one speaker says until another one does, or until a pause.</summary>
/// <param name="Tag">The speaker's tag.</param>
/// <param name="Paragraphs">The words; at least one paragraph.</param>
/// <param name="PauseBefore">Silence before it.</param>
internal sealed record Turn(string Tag, IReadOnlyList<string> Paragraphs, TimeSpan PauseBefore)
{
    /// <summary>All words.</summary>
    public string Text => string.Join(' ', Paragraphs);

    /// <summary>The turns of a tagged script that have words.</summary>
    public static IEnumerable<Turn> Split(string script, IReadOnlyList<ScriptBreak> breaks)
    {
        var tag = TextIds.FirstSpeaker;
        var pause = TimeSpan.Zero;
        var paragraphs = new List<string>();
        var nextBreak = 0;
        for (var at = 0; at < script.Length;)
        {
            var isTag = TextIds.StartsWithTag(script.AsSpan(at));
            var isPause = nextBreak < breaks.Count && breaks[nextBreak].At <= at && breaks[nextBreak].Pause > TimeSpan.Zero;
            if ((isTag || isPause) && paragraphs.Count > 0)
            {
                yield return new Turn(tag, [.. paragraphs], pause);
                paragraphs.Clear();
                pause = TimeSpan.Zero;
            }

            while (nextBreak < breaks.Count && breaks[nextBreak].At <= at) pause += breaks[nextBreak++].Pause;
            if (isTag)
            {
                tag = script.Substring(at, TextIds.FirstSpeaker.Length);
                at += TextIds.FirstSpeaker.Length;
            }

            var end = at + ScriptText.FindTag(script.AsSpan(at));
            if (nextBreak < breaks.Count) end = Math.Min(end, Math.Max(at, breaks[nextBreak].At));
            if (script[at..end].Trim(' ') is { Length: > 0 } words) paragraphs.Add(words);
            at = end;
        }

        if (paragraphs.Count > 0) yield return new Turn(tag, paragraphs, pause);
    }
}
