using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Server.Settings.Rules;

/// <summary>A rule of a text setting; null is valid.</summary>
/// <param name="expected">What is expected, for messages: the end of a sentence.</param>
internal abstract class TextRuleAttribute(string expected) : ValidationAttribute(expected)
{
    /// <inheritdoc/>
    public sealed override bool IsValid(object? value) => value is not string text || Accepts(text);

    /// <summary>Whether a text is valid.</summary>
    protected abstract bool Accepts(string text);
}
