using System.Net;
using System.Net.Http.Headers;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Files below an address.</summary>
/// <param name="fetch">Sends the requests.</param>
/// <param name="folder">The address, with a slash at its end.</param>
internal sealed class HttpSource(HttpFetch fetch, Uri folder) : IFileSource
{
    /// <inheritdoc/>
    public string Name => folder.Host;

    /// <inheritdoc/>
    public async Task<FileAnswer> Open(string path, long from, long? to, CancellationToken cancellation)
    {
        var address = new Uri(folder, string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        var range = to is null ? null : new RangeHeaderValue(from, to - 1);
        var answer = await fetch.Get(address, range, cancellation);
        try
        {
            return await Read(answer, from, cancellation);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static async Task<FileAnswer> Read(HttpResponseMessage answer, long from, CancellationToken cancellation)
    {
        var headers = answer.Content.Headers;
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && headers.ContentRange?.Length is { } size)
            return new FileAnswer(answer, Stream.Null) { From = from, Size = size, IsRange = true };
        if (!answer.IsSuccessStatusCode) throw HttpFetch.Failed(answer);
        var content = await answer.Content.ReadAsStreamAsync(cancellation);
        if (answer.StatusCode != HttpStatusCode.PartialContent)
            return new FileAnswer(answer, content) { From = 0, Size = headers.ContentLength, IsRange = false };
        var begin = headers.ContentRange?.From;
        if (begin == from) return new FileAnswer(answer, content) { From = from, Size = headers.ContentRange!.Length, IsRange = true };
        throw new DownloadException(DownloadFault.Wrong, "its source answers with another part than was asked for");
    }
}
