namespace DiaOrleans.Grains.Prompts;

/// <summary>How audio prompts are used.</summary>
public sealed record PromptOptions
{
    /// <summary>A longer prompt is shortened together with its transcript where it is known when which words are said; spec/api.md 3.3.</summary>
    public double MaxPromptSeconds { get; init; } = 15;
}
