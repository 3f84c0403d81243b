namespace DiaOrleans.Server.Settings.Rules;

/// <summary>The path of a folder, which need not exist.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FolderPathAttribute() : TextRuleAttribute("the path of a folder")
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0');
}
