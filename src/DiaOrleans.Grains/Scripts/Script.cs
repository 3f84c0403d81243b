namespace DiaOrleans.Grains.Scripts;

/// <summary>What a request says, on one line.</summary>
/// <param name="Text">The words, with the speaker tags that were sent.</param>
/// <param name="Breaks">Where paragraphs begin and pauses stand, in order.</param>
internal sealed record Script(string Text, IReadOnlyList<ScriptBreak> Breaks)
{
    /// <summary>Silence after the last word.</summary>
    public TimeSpan PauseAtEnd { get; } = Breaks
        .Where(pause => !Cleaning.Speakable.HasWords(Text[pause.At..]))
        .Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause.Pause);

    /// <summary>The script with the tags that it lacks; <see cref="ScriptText.Tag"/>.</summary>
    /// <param name="primarySpeaker"><c>S1</c> or <c>S2</c>; any other value speaks as S1.</param>
    public Script Tag(string primarySpeaker)
    {
        var tagged = ScriptText.Tag(Text, primarySpeaker);
        var shift = tagged.StartsWith(Text, StringComparison.Ordinal) ? 0 : tagged.IndexOf(Text, StringComparison.Ordinal);
        return new Script(tagged, [.. Breaks.Select(place => place with { At = place.At + shift })]);
    }
}

/// <summary>A place where a script is cut with preference, or must be cut.</summary>
/// <param name="At">Position in the text of what follows.</param>
/// <param name="Pause">Silence there; zero where a paragraph begins.</param>
internal readonly record struct ScriptBreak(int At, TimeSpan Pause);
