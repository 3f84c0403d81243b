using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>POST /generate?async_mode=true: the job is stored when the answer leaves; spec/api.md 2.1.</summary>
internal static class JobSubmissionEndpoint
{
    private const string KeyHeader = "Idempotency-Key";
    private const int LongestKey = 255;

    /// <param name="context">Its header Idempotency-Key is honoured.</param>
    /// <param name="request">Validated; whether its voice exists is found out when the job runs.</param>
    /// <param name="aliases">The job shows the voice as sent, and another one may speak.</param>
    /// <param name="desk">Takes the job.</param>
    /// <exception cref="ApiProblem">429 where too many jobs wait, 422 where the key cannot be used.</exception>
    public static async Task<IResult> Submit(HttpContext context, SpeechRequest request, VoiceAliases aliases, JobService desk)
    {
        var key = ReadKey(context.Request);
        var voice = aliases.Resolve(request.VoiceId);
        var answer = await desk.Submit(request, key, voice == request.VoiceId ? null : voice);
        return answer.Outcome switch
        {
            JobOutcome.Accepted => ApiJson.Ok(new { job_id = answer.JobId, status = "pending", message = "Job queued for processing" }),
            JobOutcome.Busy => throw ApiProblem.Busy(answer.RetryAfter),
            JobOutcome.KeyReused => throw Refused("value_error", "Value error, this key came with another request within the last hour", key!),
            _ => throw new InvalidOperationException($"A desk's answer that clients do not know: {answer.Outcome}"),
        };
    }

    private static string? ReadKey(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(KeyHeader, out var values)) return null;
        var key = values.ToString();
        if (key.Length == 0) throw Refused("string_too_short", "String should have at least 1 character", key, """{"min_length":1}""");
        if (key.Length > LongestKey) throw Refused("string_too_long", $"String should have at most {LongestKey} characters", key, $$"""{"max_length":{{LongestKey}}}""");
        return key;
    }

    private static ApiProblem Refused(string type, string message, string key, string? context = null) =>
        ApiProblem.Invalid([new InvalidField(type, ["header", KeyHeader.ToLowerInvariant()], message, Echo.Text(key), context)]);
}
