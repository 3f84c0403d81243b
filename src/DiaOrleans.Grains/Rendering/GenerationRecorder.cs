using System.Globalization;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Enters finished generations in the log, and keeps their audio where the configuration says so.</summary>
internal sealed class GenerationRecorder(IGrainFactory grains, IBlobStore blobs, TimeProvider time)
{
    /// <summary>Folder of saved outputs in the blob store.</summary>
    public const string Folder = "audio_outputs";

    private const int LongestVoiceName = 60;

    public async Task<SavedOutput?> Record(RenderTicket ticket, bool audioPromptUsed, OutputChain output)
    {
        var now = time.GetUtcNow();
        var saved = output.FinishRecording() is { } recording ? await Save(ticket, now, recording) : null;
        await grains.GetGrain<IGenerationLogGrain>(0).Append(new GenerationEntry
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
        });
        return saved;
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
}
