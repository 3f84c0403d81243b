using System.Net;
using System.Net.Http.Headers;
using DiaOrleans.Grains.Recognition;
using Polly;
using Polly.Retry;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>
/// Downloads one model file and verifies it. A transfer that was interrupted, also in an earlier run of the server, continues where it
/// ended.
/// </summary>
internal sealed partial class ModelDownload
{
    private const int MaxInterruptions = 20;
    private const int BlockBytes = 1 << 17;

    private readonly HttpClient _http;
    private readonly PublishedModel _model;
    private readonly string _size;
    private readonly RecognitionOptions _options;
    private readonly ILogger _logger;
    private readonly PartialFile _part;
    private readonly ResiliencePipeline<Exception?> _attempts;

    /// <summary>A download that has not started.</summary>
    /// <param name="http">Client, without a time limit for a transfer.</param>
    /// <param name="model">The model.</param>
    /// <param name="size">Name of its size, for messages.</param>
    /// <param name="folder">Path of the folder that gets the file.</param>
    /// <param name="options">The source and the time limits.</param>
    /// <param name="logger">Log.</param>
    public ModelDownload(HttpClient http, PublishedModel model, string size, string folder, RecognitionOptions options, ILogger logger)
    {
        _http = http;
        _model = model;
        _size = size;
        _options = options;
        _logger = logger;
        _part = new PartialFile(folder, model.File, size);
        _attempts = CreateAttempts();
    }

    /// <summary>Downloads the file.</summary>
    /// <exception cref="RecognitionException">There is no file. The message is for clients: it has no path and no address.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        Log.Begins(_logger, _size, _options.Source.Host);
        try
        {
            await Complete(cancellation);
            Log.Ends(_logger, _size);
        }
        catch (RecognitionException e)
        {
            Log.Fails(_logger, e);
            throw;
        }
    }

    private ResiliencePipeline<Exception?> CreateAttempts() => new ResiliencePipelineBuilder<Exception?>()
        .AddRetry(new RetryStrategyOptions<Exception?>
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is not null),
            MaxRetryAttempts = MaxInterruptions,
            Delay = _options.RetryDelay,
            OnRetry = attempt =>
            {
                Log.Resumes(_logger, attempt.Outcome.Result!, _size, _part.Length);
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    private async Task Complete(CancellationToken cancellation)
    {
        _part.CreateFolder();
        var interruption = await _attempts.ExecuteAsync(async stop => await Fetch(stop), cancellation);
        if (interruption is not null) throw Failed("its source cuts it off again and again", interruption);
        if (await _part.ComputeSha1(cancellation) != _model.Sha1)
        {
            _part.Delete();
            throw Failed("what came is not the published file, and was deleted");
        }

        _part.Complete();
    }

    /// <summary>
    /// Transfers what is missing. Returns null if the part is complete, and what interrupted the transfer if it brought bytes or can start
    /// again.
    /// </summary>
    private async Task<Exception?> Fetch(CancellationToken cancellation)
    {
        var from = _part.Length;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var answer = await Request(from, stall);
            if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                if (answer.Content.Headers.ContentRange?.Length == from) return null;
                _part.Delete();
                return new IOException("The part is longer than the file.");
            }

            if (!answer.IsSuccessStatusCode) throw Failed($"its source answers {(int)answer.StatusCode}");
            var begin = answer.StatusCode == HttpStatusCode.PartialContent ? from : 0;
            if (begin != (answer.Content.Headers.ContentRange?.From ?? begin))
                throw Failed("its source answers with another part than was asked for");
            await Store(answer.Content, begin, stall);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_part.Length > from) return e;
            throw Failed(Explain(e), e);
        }
    }

    private static string Explain(Exception e) => e switch
    {
        OperationCanceledException => "its source is silent",
        HttpRequestException => "its source cannot be reached",
        _ => "its source breaks off",
    };

    private async Task<HttpResponseMessage> Request(long from, CancellationTokenSource stall)
    {
        stall.CancelAfter(_options.StallLimit);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_options.Source, _model.File));
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
    }

    private async Task Store(HttpContent content, long begin, CancellationTokenSource stall)
    {
        var done = begin;
        var length = begin + content.Headers.ContentLength;
        var tenthsLogged = 0L;
        await using var from = await content.ReadAsStreamAsync(stall.Token);
        await using var to = _part.Open(begin);
        var buffer = new byte[BlockBytes];
        while (true)
        {
            stall.CancelAfter(_options.StallLimit);
            var count = await from.ReadAsync(buffer, stall.Token);
            if (count == 0) break;
            await _part.Append(to, buffer.AsMemory(0, count), stall.Token);
            done += count;
            if (length is not > 0 || done * 10 / length.Value <= tenthsLogged) continue;
            tenthsLogged = done * 10 / length.Value;
            Log.Progress(_logger, _size, 10 * tenthsLogged, done >> 20);
        }
    }

    private RecognitionException Failed(string why, Exception? cause = null) => DownloadError.Create(_size, why, cause);

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Information, "The Whisper model {Size} is downloaded from {Host}.")]
        public static partial void Begins(ILogger logger, string size, string host);

        [LoggerMessage(602, LogLevel.Information, "The Whisper model {Size}: {Percent} %, {Mebibytes} MiB.")]
        public static partial void Progress(ILogger logger, string size, long percent, long mebibytes);

        [LoggerMessage(
            603,
            LogLevel.Warning,
            "The download of the Whisper model {Size} was interrupted at byte {Length}; it continues from there.")]
        public static partial void Resumes(ILogger logger, Exception cause, string size, long length);

        [LoggerMessage(604, LogLevel.Information, "The Whisper model {Size} is downloaded and verified.")]
        public static partial void Ends(ILogger logger, string size);

        [LoggerMessage(605, LogLevel.Error, "A Whisper model is missing.")]
        public static partial void Fails(ILogger logger, Exception problem);
    }
}
