using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Api.Proxies;

/// <summary>A path that begins with a slash, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BasePathAttribute() : TextRuleAttribute("a path such as /tts, or nothing")
{
    /// <inheritdoc/>
    protected override bool Accepts(string text) => Prefix.Parse(text) is not null;
}
