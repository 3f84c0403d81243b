using System.Globalization;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Adds finished generations to the log, and keeps their audio if the configuration asks for it.</summary>
internal sealed partial class GenerationRecorder(
    IGrainFactory grains,
    LogWriter writer,
    IBlobStore blobs,
    TimeProvider time,
    ILogger<GenerationRecorder> logger)
{
    /// <summary>Folder of saved outputs in the blob store.</summary>
    public const string Folder = "audio_outputs";

    private const int LongestVoiceName = 60;

    /// <summary>How long the last audio waits for the log entry, so that a client that has the audio finds the entry.</summary>
    private static readonly TimeSpan EntryLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Records a finished generation. For a background job storing is repeated; a client that waits gets its audio even if nothing can be
    /// stored.
    /// </summary>
    /// <param name="plan">The request.</param>
    /// <param name="output">Its audio, finished.</param>
    /// <param name="keeping">Repeats what fails; null if a client waits.</param>
    /// <param name="stop">Ends the attempts.</param>
    public async Task<SavedOutput?> Record(SpeechPlan plan, OutputChain output, IRenderKeeping? keeping, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var recording = output.FinishRecording();
        var saved = recording is null ? null : await Keep("The saved output", () => Save(plan, now, recording));
        var entry = new GenerationEntry
        {
            Id = plan.Id.ToString(),
            Timestamp = now,
            Text = plan.Request.Text,
            ProcessedText = plan.Script.Text,
            Voice = plan.Request.VoiceId,
            AudioPromptUsed = plan.Prompt is not null,
            GenerationTime = time.GetElapsedTime(plan.StartedAt).TotalSeconds,
            FilePath = saved?.Path,
            FileSize = saved?.Size,
            SeedUsed = plan.Seed,
        };
        if (keeping is not null)
            keeping.StoreLater("The log entry", () => grains.GetGrain<IGenerationLogGrain>(0).Append(entry), stop);
        // A client that waits does not wait for the disk, nor for a log that does not answer.
        else await writer.Add(entry).WaitUpTo(EntryLimit, time);
        return saved;

        Task<T?> Keep<T>(string what, Func<Task<T>> write) where T : class =>
            keeping is null ? TryOnce(plan, what, write) : keeping.Store<T?>(what, async () => await write(), stop);
    }

    private async Task<T?> TryOnce<T>(SpeechPlan plan, string what, Func<Task<T>> write) where T : class
    {
        try
        {
            return await write();
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            Log.NotKept(logger, e, what, plan.Id);
            return null;
        }
    }

    private async Task<SavedOutput> Save(SpeechPlan plan, DateTimeOffset now, IReadOnlyList<ReadOnlyMemory<byte>> recording)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        var path = $"{Folder}/{stamp}_{plan.Id.ToString()[..8]}_{Sanitise(plan.Request.VoiceId)}.wav";
        await blobs.Write(path, recording);
        return new SavedOutput(path, recording.Sum(piece => (long)piece.Length));
    }

    private static string Sanitise(string voice) =>
        string.Concat(voice.Take(LongestVoiceName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Warning, "{What} of request {Request} could not be stored; its client gets the audio.")]
        public static partial void NotKept(ILogger logger, Exception cause, string what, Guid request);
    }
}
