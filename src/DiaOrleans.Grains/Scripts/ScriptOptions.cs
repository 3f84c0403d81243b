namespace DiaOrleans.Grains.Scripts;

/// <summary>How texts are read.</summary>
public sealed record ScriptOptions
{
    /// <summary>
    /// Remove what programs write besides the words, such as Markdown and emoji, if a request does not say; spec/api.md 3.1 rule 0.
    /// </summary>
    public bool NormalizeText { get; init; } = true;
}
