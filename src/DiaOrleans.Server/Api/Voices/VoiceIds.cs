using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>Voice ids as requests bring them.</summary>
internal static class VoiceIds
{
    public const int MaxLength = 256;

    public static bool HasControl(string id) => id.Any(char.IsControl);

    /// <summary>The id at the end of the path, percent-decoded once: routing would take a%2Fb and a%252Fb for the same.</summary>
    public static string FromPath(HttpContext context, string route)
    {
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var at = path.IndexOf($"/{route}/", StringComparison.OrdinalIgnoreCase);
        return Uri.UnescapeDataString(path[(at + route.Length + 2)..]);
    }
}
