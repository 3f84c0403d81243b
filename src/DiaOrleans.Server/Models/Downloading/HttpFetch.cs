using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>
/// Requests to one host. Redirects are followed here, so that the token goes to that host alone: not to another one that it redirects to,
/// and over plain http only within this machine.
/// </summary>
/// <param name="http">Client that follows no redirects, from <see cref="CreateClient"/>.</param>
/// <param name="home">The configured address.</param>
/// <param name="token">Sent as a bearer token; null sends none.</param>
internal sealed class HttpFetch(HttpClient http, Uri home, string? token)
{
    private const int MaxRedirects = 10;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    /// <summary>The configured address.</summary>
    public Uri Home => home;

    /// <summary>A client for files of gigabytes: without a time limit for a whole transfer.</summary>
    public static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectLimit };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends GET and follows redirects. The answer may have any other status.</summary>
    /// <param name="address">The address.</param>
    /// <param name="range">Bytes that are wanted; null for all.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="DownloadException">The redirects do not end, or lead from https to another scheme.</exception>
    /// <exception cref="HttpRequestException">The source cannot be reached.</exception>
    public async Task<HttpResponseMessage> Get(Uri address, RangeHeaderValue? range, CancellationToken cancellation)
    {
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = range;
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (token is not null && MayHaveToken(address)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location) return answer;
            answer.Dispose();
            address = Follow(address, location);
        }

        throw new DownloadException(DownloadFault.Wrong, "the redirects of its source do not end");
    }

    /// <summary>The exception of an answer that is no success.</summary>
    public static DownloadException Failed(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(DownloadFault.Refused, $"its source answers {status}"),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new(DownloadFault.NotFound, $"its source answers {status}"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                Overloaded(status, ReadRetryAfter(answer)),
            _ => new(DownloadFault.Unavailable, $"its source answers {status}"),
        };
    }

    private static DownloadException Overloaded(int status, TimeSpan? wait)
    {
        var asks = wait is null ? "" : string.Create(CultureInfo.InvariantCulture, $" and asks to wait {wait.Value.TotalSeconds:0} s");
        return new(DownloadFault.Unavailable, $"its source answers {status}{asks}") { IsTransient = true, RetryAfter = wait };
    }

    private static TimeSpan? ReadRetryAfter(HttpResponseMessage answer)
    {
        var after = answer.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date - answer.Headers.Date);
        return wait is null || wait < TimeSpan.Zero ? null : wait;
    }

    private static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Follow(Uri from, Uri location)
    {
        var to = new Uri(from, location);
        if (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp)) return to;
        throw new DownloadException(DownloadFault.Wrong, $"its source redirects to {to.Scheme}");
    }

    private bool MayHaveToken(Uri address) =>
        Uri.Compare(address, home, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
        && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback);
}
