namespace DiaOrleans.Server.Settings.Rules;

/// <summary>An http or https address, or an empty text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpUrlAttribute() : TextRuleAttribute("an http or https address")
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) =>
        text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https");
}
