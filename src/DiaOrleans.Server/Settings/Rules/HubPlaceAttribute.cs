namespace DiaOrleans.Server.Settings.Rules;

/// <summary>An http or https address, or the path of a folder that exists; or an empty text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HubPlaceAttribute() : TextRuleAttribute("an http or https address, or an existing folder")
{
    /// <summary>The address of a hub, with a slash at its end; null if the text is none.</summary>
    public static Uri? FindAddress(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <inheritdoc/>
    protected override bool Accepts(string text) => text.Length == 0 || FindAddress(text) is not null || Directory.Exists(text);
}
