using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.Models;

/// <summary>Fetches one model file: to a part first, on from where an earlier attempt ended, verified before it gets its name.</summary>
internal sealed partial class ModelDownload(HttpClient http, PublishedModel model, string size, RecognitionOptions options, ILogger logger)
{
    private const int MostCuts = 20;
    private readonly string _part = Path.Combine(options.Folder, model.File + ".part");

    /// <exception cref="RecognitionException">Why there is no file; the message is fit for clients.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        Log.Begins(logger, size, options.Source.Host);
        try
        {
            await Complete(cancellation);
            Log.Ends(logger, size);
        }
        catch (RecognitionException problem)
        {
            Log.Fails(logger, problem);
            throw;
        }
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public static async Task<string> Sha1(string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA1.HashDataAsync(stream, cancellation));
    }

    private long PartLength => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    private async Task Complete(CancellationToken cancellation)
    {
        Change(() => Directory.CreateDirectory(options.Folder));
        for (var cuts = 1; await Fetch(cancellation) is { } cut; cuts++)
        {
            if (cuts > MostCuts) throw Failed("its source cuts it off again and again", cut);
            Log.Resumes(logger, cut, size, PartLength);
            await Task.Delay(options.Pause, cancellation);
        }

        if (!await IsPublished(cancellation))
        {
            Change(() => File.Delete(_part));
            throw Failed("what came is not the published file, and was deleted");
        }

        Change(() => File.Move(_part, Path.Combine(options.Folder, model.File), overwrite: true));
    }

    private async Task<bool> IsPublished(CancellationToken cancellation)
    {
        try
        {
            return await Sha1(_part, cancellation) == model.Sha1;
        }
        catch (IOException problem)
        {
            throw Failed("what came cannot be read back", problem);
        }
    }

    /// <summary>Null where the part is whole; what cut the transfer off where it brought something and may go on.</summary>
    private async Task<Exception?> Fetch(CancellationToken cancellation)
    {
        var from = PartLength;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var answer = await Ask(from, silence);
            if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                if (answer.Content.Headers.ContentRange?.Length == from) return null;
                Change(() => File.Delete(_part));
                return new IOException("The part is longer than the file.");
            }

            if (!answer.IsSuccessStatusCode) throw Failed($"its source answers {(int)answer.StatusCode}");
            var begin = answer.StatusCode == HttpStatusCode.PartialContent ? from : 0;
            if (begin != (answer.Content.Headers.ContentRange?.From ?? begin)) throw Failed("its source answers with another part than was asked for");
            await Store(answer.Content, begin, silence);
            return null;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            if (PartLength > from) return problem;
            throw Failed(problem switch { OperationCanceledException => "its source is silent", HttpRequestException => "its source cannot be reached", _ => "its source breaks off" }, problem);
        }
    }

    private async Task<HttpResponseMessage> Ask(long from, CancellationTokenSource silence)
    {
        silence.CancelAfter(options.Stall);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Source, model.File));
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
    }

    private async Task Store(HttpContent content, long begin, CancellationTokenSource silence)
    {
        var (done, whole, told) = (begin, begin + content.Headers.ContentLength, 0L);
        await using var from = await content.ReadAsStreamAsync(silence.Token);
        await using var to = Open(begin);
        var buffer = new byte[1 << 17];
        while (true)
        {
            silence.CancelAfter(options.Stall);
            var count = await from.ReadAsync(buffer, silence.Token);
            if (count == 0) break;
            await Write(to, buffer.AsMemory(0, count), silence.Token);
            done += count;
            if (whole is > 0 && done * 10 / whole.Value > told) Log.Progress(logger, size, 10 * (told = done * 10 / whole.Value), done >> 20);
        }
    }

    private FileStream Open(long begin)
    {
        FileStream? to = null;
        Change(() => to = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous));
        to!.SetLength(begin);
        to.Position = begin;
        return to;
    }

    private async Task Write(FileStream to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await to.WriteAsync(bytes, cancellation);
        }
        catch (IOException problem)
        {
            throw Failed("it cannot be stored; is the disk full?", problem);
        }
    }

    private void Change(Action change)
    {
        try
        {
            change();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Failed("the folder of models cannot be written", problem);
        }
    }

    private RecognitionException Failed(string why, Exception? cause = null) => new($"The Whisper model {size} was not downloaded: {why}.", cause) { Fault = RecognitionFault.Download };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The Whisper model {Size} is downloaded from {Host}.")]
        public static partial void Begins(ILogger logger, string size, string host);

        [LoggerMessage(2, LogLevel.Information, "The Whisper model {Size}: {Percent} %, {Mebibytes} MiB.")]
        public static partial void Progress(ILogger logger, string size, long percent, long mebibytes);

        [LoggerMessage(3, LogLevel.Warning, "The download of the Whisper model {Size} was cut off at byte {Length}; it goes on from there.")]
        public static partial void Resumes(ILogger logger, Exception cause, string size, long length);

        [LoggerMessage(4, LogLevel.Information, "The Whisper model {Size} is downloaded and verified.")]
        public static partial void Ends(ILogger logger, string size);

        [LoggerMessage(5, LogLevel.Error, "A Whisper model is missing.")]
        public static partial void Fails(ILogger logger, Exception problem);
    }
}
