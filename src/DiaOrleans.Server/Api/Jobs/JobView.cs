using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>A job as clients see it: all keys always, parameters as sent; spec/api.md 6.2.</summary>
internal static class JobView
{
    public static object Of(Job job) => new
    {
        id = job.Id,
        status = Name(job.Status),
        created_at = ApiTime.Of(job.CreatedAt),
        started_at = Time(job.StartedAt),
        completed_at = Time(job.CompletedAt),
        text = job.Request.Text,
        processed_text = job.ProcessedText,
        voice_id = job.Request.VoiceId,
        speed = job.Request.Speed,
        role = job.Request.Role,
        temperature = job.Request.Temperature,
        cfg_scale = job.Request.CfgScale,
        top_p = job.Request.TopP,
        max_tokens = job.Request.MaxTokens,
        use_torch_compile = job.Request.UseTorchCompile,
        seed = job.Request.Seed,
        audio_prompt_used = job.AudioPromptUsed,
        generation_time = (job.CompletedAt - job.StartedAt)?.TotalSeconds,
        file_path = job.Result?.Key,
        file_size = job.Result?.Size,
        error_message = job.Error,
        worker_id = job.WorkerId,
        response_format = job.Request.Format,
        sample_rate = job.Request.SampleRate,
    };

    public static string Name(SpeechStatus status) => status.ToString().ToLowerInvariant();

    private static string? Time(DateTimeOffset? time) => time is { } known ? ApiTime.Of(known) : null;
}
