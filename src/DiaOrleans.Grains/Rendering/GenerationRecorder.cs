using System.Globalization;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Wave;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Enters finished generations in the log, and keeps their audio where the configuration says so.</summary>
internal sealed class GenerationRecorder(IGrainFactory grains, IBlobStore blobs, TimeProvider time, ILogger<GenerationRecorder> logger)
{
    /// <summary>Folder of saved outputs in the blob store.</summary>
    public const string Folder = "audio_outputs";

    private const int LongestVoiceName = 60;

    /// <summary>A background job's record is tried until it is stored, so that a disk that fails for a while does not cost its audio; a client that waits hears of the fault.</summary>
    public async Task<SavedOutput?> Record(RenderTicket ticket, bool audioPromptUsed, OutputChain output, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var saved = ticket.Configuration.SaveOutputs ? await Keep(ticket, "The saved output", () => Save(ticket, now, output), stop) : null;
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

    private Task<T> Keep<T>(RenderTicket ticket, string what, Func<Task<T>> write, CancellationToken stop) =>
        ticket.Priority == WorkPriority.Background ? new StubbornWrites(ticket.Id, time, logger).Until(what, write, stop) : write();

    private async Task<string> Append(GenerationEntry entry)
    {
        await grains.GetGrain<IGenerationLogGrain>(0).Append(entry);
        return entry.Id;
    }

    private async Task<SavedOutput> Save(RenderTicket ticket, DateTimeOffset now, OutputChain output)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        var path = $"{Folder}/{stamp}_{ticket.Id.ToString()[..8]}_{Sanitised(ticket.Request.VoiceId)}.wav";
        var wav = WaveFile.Encode(output.Kept, output.SampleRate);
        await blobs.Write(path, wav);
        return new SavedOutput(path, wav.Length);
    }

    private static string Sanitised(string voice) =>
        string.Concat(voice.Take(LongestVoiceName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
}
