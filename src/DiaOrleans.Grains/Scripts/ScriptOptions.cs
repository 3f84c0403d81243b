namespace DiaOrleans.Grains.Scripts;

/// <summary>How texts are read.</summary>
public sealed record ScriptOptions
{
    /// <summary>
    /// Remove what programs write besides the words, such as Markdown and emoji, if a request does not say; docs/api.md, Texts.
    /// </summary>
    public bool NormalizeText { get; init; } = true;
}
