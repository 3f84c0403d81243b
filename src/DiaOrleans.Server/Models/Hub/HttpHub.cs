using System.Text.Json;
using DiaOrleans.Server.Models.Downloading;
using Polly;
using Polly.Retry;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>The Hugging Face hub, or a mirror with its routes.</summary>
internal sealed class HttpHub : IModelHub
{
    private const int MaxPages = 100;
    private const int MaxJsonBytes = 16 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpFetch _fetch;
    private readonly DownloadLimits _limits;
    private readonly ResiliencePipeline _attempts;

    /// <summary>A hub.</summary>
    /// <param name="fetch">Sends the requests.</param>
    /// <param name="limits">Limits.</param>
    public HttpHub(HttpFetch fetch, DownloadLimits limits)
    {
        _fetch = fetch;
        _limits = limits;
        _attempts = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is DownloadException { IsTransient: true } problem
                && !(problem.RetryAfter > limits.MaxRetryAfter)),
            MaxRetryAttempts = limits.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = limits.RetryDelay,
            MaxDelay = limits.MaxRetryDelay,
            DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as DownloadException)?.RetryAfter),
        }).Build();
    }

    /// <inheritdoc/>
    public string Name => _fetch.Home.Host;

    /// <inheritdoc/>
    public async Task<HubModel> Find(ModelId id, string revision, CancellationToken cancellation)
    {
        var model = new Uri(_fetch.Home, $"api/models/{id}/");
        var (info, _) = await Get<Revision>(new Uri(model, $"revision/{Uri.EscapeDataString(revision)}"), cancellation);
        if (info.Sha is not { Length: > 0 } commit) throw Unreadable();
        var files = new List<RemoteFile>();
        var page = new Uri(model, $"tree/{Uri.EscapeDataString(commit)}?recursive=true");
        for (var i = 0; page is not null; i++)
        {
            if (i == MaxPages) throw Unreadable();
            var (entries, next) = await Get<IReadOnlyList<Entry>>(page, cancellation);
            files.AddRange(entries.Where(entry => entry.Type == "file" && IsPlain(entry.Path)).Select(Describe));
            page = next;
        }

        var folder = new Uri(_fetch.Home, $"{id}/resolve/{Uri.EscapeDataString(commit)}/");
        return new HubModel(id, commit, files, new HttpSource(_fetch, folder));
    }

    private static RemoteFile Describe(Entry entry) => entry.Lfs is { Oid.Length: 64 } large
        ? new RemoteFile(entry.Path!, large.Size ?? entry.Size, new Digest(DigestKind.Sha256, large.Oid.ToLowerInvariant()))
        : new RemoteFile(entry.Path!, entry.Size, FindDigest(entry.Oid));

    private static Digest? FindDigest(string? oid) =>
        oid is { Length: 40 } ? new Digest(DigestKind.GitBlob, oid.ToLowerInvariant()) : null;

    /// <summary>Whether a path of a listing stays in the folder that gets the files.</summary>
    private static bool IsPlain(string? path) =>
        path is { Length: > 0 }
        && path.Split('/').All(part => part is not ("" or "." or "..") && part.AsSpan().IndexOfAny("\\:\0") < 0);

    private static DownloadException Unreadable(Exception? cause = null) =>
        new(DownloadFault.Wrong, "the answer of its source is not one of a hub", cause);

    private async Task<(T Value, Uri? Next)> Get<T>(Uri address, CancellationToken cancellation)
        where T : class =>
        await _attempts.ExecuteAsync(async stop => await GetOnce<T>(address, stop), cancellation);

    private async Task<(T Value, Uri? Next)> GetOnce<T>(Uri address, CancellationToken cancellation)
        where T : class
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(_limits.StallLimit);
        try
        {
            using var answer = await _fetch.Get(address, range: null, stall.Token);
            if (!answer.IsSuccessStatusCode) throw HttpFetch.Failed(answer);
            await answer.Content.LoadIntoBufferAsync(MaxJsonBytes, stall.Token);
            var json = await answer.Content.ReadAsStreamAsync(stall.Token);
            var value = await JsonSerializer.DeserializeAsync<T>(json, Json, stall.Token) ?? throw Unreadable();
            return (value, FindNext(answer, address));
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            var why = e is OperationCanceledException ? "its source is silent" : "its source cannot be reached";
            throw new DownloadException(DownloadFault.Unavailable, why, e) { IsTransient = true };
        }
    }

    /// <summary>The next page that a Link header names, if it is on the same host.</summary>
    private Uri? FindNext(HttpResponseMessage answer, Uri address)
    {
        if (!answer.Headers.TryGetValues("Link", out var links)) return null;
        const string Relation = "rel=\"next\"";
        var next = links.SelectMany(link => link.Split(',')).FirstOrDefault(link => link.Contains(Relation, StringComparison.Ordinal));
        var text = next?.Split(';')[0].Trim().Trim('<', '>');
        var isHere = Uri.TryCreate(address, text, out var page) && page.Authority == _fetch.Home.Authority;
        return text is not null && isHere ? page : null;
    }

    private sealed record Revision(string? Sha);

    private sealed record Entry(string? Type, string? Path, long? Size, string? Oid, LargeFile? Lfs);

    private sealed record LargeFile(string? Oid, long? Size);
}
