using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Server.Settings.Rules;

/// <summary>The name of an audio format, in any case.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AudioFormatNameAttribute() : TextRuleAttribute(string.Join(", ", AudioFormats.All.Select(format => format.Name())))
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) => AudioFormats.TryParse(text, out _);
}
