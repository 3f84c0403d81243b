using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Settings of audio prompts.</summary>
public sealed record PromptOptions
{
    /// <summary>
    /// The longest prompt that is used whole, in seconds: 0.5 to 60, 15 by default. A longer one is shortened together with its transcript
    /// if the times of the words are known; docs/api.md, Cloning. It also limits the head of a request's first segment that further
    /// segments continue. Quality falls beyond about 14 s.
    /// </summary>
    [Range(0.5, 60)]
    public double MaxPromptSeconds { get; init; } = 15;
}
