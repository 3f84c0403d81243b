namespace DiaOrleans.Server.Settings.Rules;

/// <summary>A name that can be part of a worker's key, whose parts are separated by a slash.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SiloNameAttribute() : TextRuleAttribute("a name without a slash")
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) => text.Length > 0 && !text.Contains('/');
}
