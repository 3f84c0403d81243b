using System.Globalization;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Enters finished generations in the log, and keeps their audio where the configuration says so.</summary>
internal sealed partial class GenerationRecorder(IGrainFactory grains, IBlobStore blobs, TimeProvider time, ILogger<GenerationRecorder> logger)
{
    /// <summary>Folder of saved outputs in the blob store.</summary>
    public const string Folder = "audio_outputs";

    private const int LongestVoiceName = 60;

    /// <summary>A background job's record is tried until it is stored, since what reads it comes later; a client that waits gets its audio also where nothing can be stored.</summary>
    public async Task<SavedOutput?> Record(RenderTicket ticket, bool audioPromptUsed, OutputChain output, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var recording = output.FinishRecording();
        var saved = recording is null ? null : await Keep(ticket, "The saved output", () => Save(ticket, now, recording), stop);
        var entry = new GenerationEntry
        {
            Id = ticket.Id.ToString(),
            Timestamp = now,
            Text = ticket.Request.Text,
            ProcessedText = ticket.Script,
            Voice = ticket.Request.VoiceId,
            AudioPromptUsed = audioPromptUsed,
            GenerationTime = time.GetElapsedTime(ticket.StartedAt).TotalSeconds,
            FilePath = saved?.Path,
            FileSize = saved?.Size,
        };
        await Keep(ticket, "The log entry", () => Append(entry), stop);
        return saved;
    }

    private async Task<T?> Keep<T>(RenderTicket ticket, string what, Func<Task<T>> write, CancellationToken stop) where T : class
    {
        if (ticket.Priority == WorkPriority.Background) return await new StorageRetry(ticket.Id, time, logger).Execute(what, write, stop);
        try
        {
            return await write();
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            Log.NotKept(logger, e, what, ticket.Id);
            return null;
        }
    }

    private async Task<string> Append(GenerationEntry entry)
    {
        await grains.GetGrain<IGenerationLogGrain>(0).Append(entry);
        return entry.Id;
    }

    private async Task<SavedOutput> Save(RenderTicket ticket, DateTimeOffset now, IReadOnlyList<ReadOnlyMemory<byte>> recording)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        var path = $"{Folder}/{stamp}_{ticket.Id.ToString()[..8]}_{Sanitised(ticket.Request.VoiceId)}.wav";
        await blobs.Write(path, recording);
        return new SavedOutput(path, recording.Sum(piece => (long)piece.Length));
    }

    private static string Sanitised(string voice) =>
        string.Concat(voice.Take(LongestVoiceName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{What} of request {Request} could not be stored; its client gets the audio all the same.")]
        public static partial void NotKept(ILogger logger, Exception cause, string what, Guid request);
    }
}
