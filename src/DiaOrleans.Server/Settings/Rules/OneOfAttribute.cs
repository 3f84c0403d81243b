namespace DiaOrleans.Server.Settings.Rules;

/// <summary>One of two or more words, in any case.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] words) : TextRuleAttribute($"{string.Join(", ", words[..^1])} or {words[^1]}")
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) => words.Contains(text, StringComparer.OrdinalIgnoreCase);
}
