using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// Keeps percent-encoded dot segments of a path as they are, since they can be ids: the web server would treat %2e%2e as the parent folder.
/// </summary>
internal static class EncodedDots
{
    public static Task Keep(HttpContext context, RequestDelegate next)
    {
        var sent = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        if (sent.StartsWith('/') && sent.Split('/').Any(IsEncoded)) context.Request.Path = ResolvePath(sent);
        return next(context);
    }

    /// <summary>The path with the dot segments resolved that are not encoded.</summary>
    private static string ResolvePath(string sent)
    {
        var kept = new List<string>();
        var segments = sent.Split('/')[1..];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (segments[i] is not ("." or "..")) kept.Add(RouteParameter.DecodePath(segments[i]));
            else if (i == segments.Length - 1) kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }

    private static bool IsEncoded(string segment) => segment.Contains('%') && Uri.UnescapeDataString(segment) is "." or "..";
}
