namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>No further audio prompt can be registered.</summary>
/// <param name="max">The most audio prompts.</param>
public sealed class PromptLimitException(int max)
    : Exception($"There are {max} audio prompts, which is the limit: delete some, or raise MaxPrompts");
