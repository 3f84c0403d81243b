using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Web;

/// <summary>Whether a request for the root asks for the page.</summary>
internal static class PageRequest
{
    /// <summary>True where HTML is asked for by name, and not liked less than JSON: browsers do so. Programs that name nothing, or anything, get JSON.</summary>
    public static bool WantsPage(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var html = Quality(accepted, "text/html", "text/*");
        return html > 0 && html >= Quality(accepted, "application/json", "application/*", "*/*");
    }

    /// <summary>How much a type is liked, from 0 to 1, by the first of the ranges that the client named.</summary>
    private static double Quality(IList<MediaTypeHeaderValue> accepted, params ReadOnlySpan<string> ranges)
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
