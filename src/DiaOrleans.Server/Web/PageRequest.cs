using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Web;

/// <summary>Decides from the Accept header whether a request for <c>/</c> gets the page or JSON.</summary>
internal static class PageRequest
{
    /// <summary>
    /// True if the header names HTML with a quality that is not below that of JSON, as the header of browsers does. False without a header
    /// and for <c>*/*</c>, which other programs send.
    /// </summary>
    public static bool PrefersHtml(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var html = GetQuality(accepted, "text/html", "text/*");
        return html > 0 && html >= GetQuality(accepted, "application/json", "application/*", "*/*");
    }

    /// <summary>The quality, 0 to 1, of the first of the ranges that the header has; 0 if it has none.</summary>
    private static double GetQuality(IList<MediaTypeHeaderValue> accepted, params ReadOnlySpan<string> ranges)
    {
        foreach (var range in ranges)
        {
            foreach (var entry in accepted)
            {
                if (entry.MediaType.Equals(range, StringComparison.OrdinalIgnoreCase)) return entry.Quality ?? 1;
            }
        }

        return 0;
    }
}
