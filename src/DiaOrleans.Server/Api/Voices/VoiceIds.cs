using System.Text;
using DiaOrleans.Server.Api.Validation;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>Which strings can name a voice. Others are asked about too, but never reach a grain.</summary>
internal static class VoiceIds
{
    public const int MaxLength = 256;

    public static bool CanExist(string id) => !string.IsNullOrWhiteSpace(id) && CodePoints.Count(id) <= MaxLength && !HasControl(id) && IsWhole(id);

    public static bool HasControl(string id) => id.Any(char.IsControl);

    /// <summary>The id at the end of the path, percent-decoded once: routing would take a%2Fb and a%252Fb for the same.</summary>
    public static string FromPath(HttpContext context, string route)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0];
        var at = path.IndexOf($"/{route}/", StringComparison.OrdinalIgnoreCase);
        return Uri.UnescapeDataString(path[(at + route.Length + 2)..]);
    }

    /// <summary>Half a surrogate pair does not survive as a grain key.</summary>
    private static bool IsWhole(string id) => !id.EnumerateRunes().Any(r => r == Rune.ReplacementChar) || !id.Any(char.IsSurrogate);
}
