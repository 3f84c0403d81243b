using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Logs;

/// <summary>The JSON of a log entry; docs/api.md, Log.</summary>
internal static class LogView
{
    public static object FromPage(GenerationPage page) =>
        new { logs = page.Entries.Select(FromEntry), total = page.Total, filtered = page.Entries.Count };

    public static object FromEntry(GenerationEntry entry) => new
    {
        id = entry.Id,
        timestamp = ApiTime.Format(entry.Timestamp),
        text = entry.Text,
        processed_text = entry.ProcessedText,
        voice = entry.Voice,
        audio_prompt_used = entry.AudioPromptUsed,
        generation_time = entry.GenerationTime,
        file_path = entry.FilePath,
        file_size = entry.FileSize,
        seed_used = entry.SeedUsed,
    };
}
