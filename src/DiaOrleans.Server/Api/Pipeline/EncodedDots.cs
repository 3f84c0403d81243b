using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>An id of dots that was sent percent-encoded stays an id: the web server would take %2e%2e for the folder above.</summary>
internal static class EncodedDots
{
    public static Task Keep(HttpContext context, RequestDelegate next)
    {
        var sent = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        if (sent.StartsWith('/') && sent.Split('/').Any(IsEncoded)) context.Request.Path = PathOf(sent);
        return next(context);
    }

    /// <summary>Dots that were sent plainly are folders still.</summary>
    private static string PathOf(string sent)
    {
        var kept = new List<string>();
        var segments = sent.Split('/')[1..];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (segments[i] is not ("." or "..")) kept.Add(RouteText.AsPath(segments[i]));
            else if (i == segments.Length - 1) kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }

    private static bool IsEncoded(string segment) => segment.Contains('%') && Uri.UnescapeDataString(segment) is "." or "..";
}
