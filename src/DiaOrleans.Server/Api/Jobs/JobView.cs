using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The JSON of a job: every key is always present, parameters are as sent; docs/api.md, Jobs.</summary>
internal static class JobView
{
    public static object FromJob(Job job) => new
    {
        id = job.Id,
        status = FormatStatus(job.Status),
        created_at = ApiTime.Format(job.CreatedAt),
        started_at = FormatTime(job.StartedAt),
        completed_at = FormatTime(job.CompletedAt),
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
        seed_used = job.SeedUsed,
        progress = job.PartDone,
        eta_seconds = job.EtaSeconds,
    };

    public static object Accepted(Guid id) =>
        new { job_id = id, status = FormatStatus(SpeechStatus.Pending), message = "Job queued for processing" };

    public static object FromPage(JobPage page) => new
    {
        jobs = page.Jobs.Select(FromJob),
        total = page.Total,
        filtered = page.Jobs.Count,
        counts = new
        {
            pending = page.Counts.Pending,
            processing = page.Counts.Processing,
            completed = page.Counts.Completed,
            failed = page.Counts.Failed,
            cancelled = page.Counts.Cancelled,
        },
    };

    /// <summary>The name of a status in answers.</summary>
    public static string FormatStatus(SpeechStatus status) => RequestLimits.JobStates[(int)status];

    private static string? FormatTime(DateTimeOffset? time) => time is { } known ? ApiTime.Format(known) : null;
}
