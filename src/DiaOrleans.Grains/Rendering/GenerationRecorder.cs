using System.Globalization;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Audio.Wave;
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
        var saved = ticket.Configuration.SaveOutputs ? await Save(ticket, now, output) : null;
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
