using System.Net;

namespace DiaOrleans.Server.Settings.Rules;

/// <summary>An IP address, or localhost.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAddressAttribute()
    : TextRuleAttribute("an IP address of this machine, :: or 0.0.0.0 for all of them, or localhost")
{
    private const string Localhost = "localhost";

    /// <summary>The address, or null if the text is neither an address nor localhost.</summary>
    public static IPAddress? Find(string text)
    {
        if (text == Localhost) return IPAddress.Loopback;
        return IPAddress.TryParse(text, out var address) ? address : null;
    }

    /// <inheritdoc/>
    protected override bool Accepts(string text) => Find(text) is not null;
}
