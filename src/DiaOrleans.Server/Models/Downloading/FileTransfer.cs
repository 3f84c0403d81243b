using Polly;
using Polly.Retry;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>
/// Brings the missing bytes of a file: several ranges at once, each asked for again while its source fails for now. A source without
/// ranges is read from the beginning.
/// </summary>
internal sealed class FileTransfer
{
    private const int BlockBytes = 1 << 17;

    private readonly IFileSource _source;
    private readonly RemoteFile _file;
    private readonly DownloadLimits _limits;
    private readonly IDownloadObserver _observer;
    private readonly Action<PartFile> _begin;
    private readonly ResiliencePipeline<long> _attempts;
    private volatile bool _hasRanges = true;

    /// <param name="source">Where it comes from.</param>
    /// <param name="file">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="observer">Is told how it goes on.</param>
    /// <param name="begin">Called when the source has said a size that was not known before.</param>
    public FileTransfer(IFileSource source, RemoteFile file, DownloadLimits limits, IDownloadObserver observer, Action<PartFile> begin)
    {
        _source = source;
        _file = file;
        _limits = limits;
        _observer = observer;
        _begin = begin;
        _attempts = CreateAttempts();
    }

    /// <summary>Brings what the part does not have.</summary>
    /// <exception cref="DownloadException">The source does not bring it; what came is in the part.</exception>
    public async Task Run(PartFile part, CancellationToken cancellation)
    {
        try
        {
            await TransferRanges(part, cancellation);
        }
        catch (RangesIgnoredException)
        {
            _hasRanges = false;
            await TransferWhole(part, cancellation);
        }
    }

    private ResiliencePipeline<long> CreateAttempts() => new ResiliencePipelineBuilder<long>()
        .AddRetry(new RetryStrategyOptions<long>
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is DownloadException { IsTransient: true } problem
                && !(problem.RetryAfter > _limits.MaxRetryAfter)),
            MaxRetryAttempts = _limits.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _limits.RetryDelay,
            MaxDelay = _limits.MaxRetryDelay,
            DelayGenerator = attempt => ValueTask.FromResult(((DownloadException)attempt.Outcome.Exception!).RetryAfter),
            OnRetry = attempt =>
            {
                _observer.Resumes(_file, attempt.Outcome.Exception!, attempt.RetryDelay);
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    private async Task TransferRanges(PartFile part, CancellationToken cancellation)
    {
        // A source without published sizes says the size with the first range.
        if (part.Size is null) await TransferRange(part, First(part), cancellation);
        var missing = part.Size is null ? [] : part.Missing(_limits.PieceBytes);
        var together = new ParallelOptions { MaxDegreeOfParallelism = _limits.Connections, CancellationToken = cancellation };
        await Parallel.ForEachAsync(missing, together, async (range, stop) => await TransferRange(part, range, stop));

        ByteRange First(PartFile begun) => new(begun.FirstMissing(), begun.FirstMissing() + _limits.PieceBytes);
    }

    private async Task TransferRange(PartFile part, ByteRange range, CancellationToken cancellation)
    {
        for (var at = range.From; at < Math.Min(range.To, part.Size ?? range.To);)
        {
            var from = at;
            at = await _attempts.ExecuteAsync(async stop => await Attempt(part, range with { From = from }, stop), cancellation);
            if (part.Size is null) return;
        }
    }

    private async Task TransferWhole(PartFile part, CancellationToken cancellation) => await _attempts.ExecuteAsync(
        async stop => await Attempt(part, new ByteRange(0, part.Size ?? long.MaxValue), stop),
        cancellation);

    private void StartAgain(PartFile part)
    {
        part.Clear();
        _observer.Begins(_file, 0, part.Size);
    }

    /// <summary>Transfers what it can of a range, and returns the byte that it has reached.</summary>
    /// <exception cref="DownloadException">It was interrupted before it brought enough.</exception>
    private async Task<long> Attempt(PartFile part, ByteRange range, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var progress = new Progress { At = range.From };
        try
        {
            if (!_hasRanges && part.Count > 0) StartAgain(part);
            stall.CancelAfter(_limits.StallLimit);
            using var answer = await _source.Open(_file.Path, range.From, _hasRanges ? range.To : null, stall.Token);
            if (!Accept(part, answer, range)) return 0;
            var end = answer.IsRange ? Math.Min(range.To, part.Size ?? range.To) : part.Size ?? long.MaxValue;
            await Store(part, answer.Content, end, progress, stall);
            return progress.At;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_hasRanges || progress.At - range.From < _limits.ProgressBytes) throw Interrupted(e);
            _observer.Resumes(_file, e, TimeSpan.Zero);
            return progress.At;
        }
    }

    /// <summary>Compares an answer with what was asked for. Returns false if the part was longer than the file and was dropped.</summary>
    private bool Accept(PartFile part, FileAnswer answer, ByteRange range)
    {
        if (_hasRanges && !answer.IsRange)
        {
            if (range.From > 0 || range.To < part.Size) throw new RangesIgnoredException();
            _hasRanges = answer.Size is not null;
        }

        if (answer.Size is not { } size) return true;
        if (part.Size is null)
        {
            part.SetSize(size);
            _begin(part);
        }

        if (part.Size != size)
            throw new DownloadException(DownloadFault.Wrong, $"its source has {size} bytes, and {part.Size} are published");
        if (part.Count <= size) return true;
        StartAgain(part);
        return false;
    }

    private async Task Store(PartFile part, Stream content, long end, Progress progress, CancellationTokenSource stall)
    {
        var buffer = new byte[BlockBytes];
        while (progress.At < end)
        {
            stall.CancelAfter(_limits.StallLimit);
            var count = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - progress.At)), stall.Token);
            if (count == 0) break;
            await part.Write(progress.At, buffer.AsMemory(0, count), CancellationToken.None);
            progress.At += count;
            _observer.Advances(_file, count);
        }

        if (progress.At < end && part.Size is not null) throw new IOException("The source ended early.");
    }

    private static DownloadException Interrupted(Exception e)
    {
        var why = e switch
        {
            OperationCanceledException => "its source is silent",
            HttpRequestException { HttpRequestError: not (HttpRequestError.Unknown or HttpRequestError.ResponseEnded) } =>
                "its source cannot be reached",
            _ => "its source breaks off",
        };
        return new DownloadException(DownloadFault.Unavailable, why, e) { IsTransient = true };
    }

    private sealed class Progress
    {
        public long At { get; set; }
    }

    /// <summary>The source answers with the whole file where a range was asked for.</summary>
    private sealed class RangesIgnoredException : Exception;
}
