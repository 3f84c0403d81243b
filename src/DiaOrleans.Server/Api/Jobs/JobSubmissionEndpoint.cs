using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;
using DiaOrleans.Server.Lifetime;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>POST /generate?async_mode=true. The job is stored before the answer is sent; docs/api.md, Generation.</summary>
internal static class JobSubmissionEndpoint
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Submits a job.</summary>
    /// <param name="context">The header Idempotency-Key is read from it.</param>
    /// <param name="request">A validated request. An unknown voice makes the job fail when it runs.</param>
    /// <param name="aliases">Resolves the voice that speaks; the job shows the one that was sent.</param>
    /// <param name="jobs">Stores and runs the job.</param>
    /// <param name="stop">A server that stops takes no job.</param>
    /// <exception cref="ApiProblem">429 if too many jobs wait, 422 if the key cannot be used, 503 if the server stops.</exception>
    public static async Task<IResult> Submit(
        HttpContext context,
        SpeechRequest request,
        VoiceAliases aliases,
        JobService jobs,
        StopSignal stop)
    {
        var key = ReadKey(context.Request);
        if (stop.RefusesWork) throw ApiProblem.Unavailable(retryAfter: null);
        var voice = aliases.Resolve(request.VoiceId);
        var answer = await jobs.Submit(request, key, voice == request.VoiceId ? null : voice);
        return answer.Outcome switch
        {
            JobOutcome.Accepted =>
                ApiJson.Ok(JobView.Accepted(answer.JobId)),
            JobOutcome.Busy => throw ApiProblem.Busy(answer.RetryAfter),
            JobOutcome.KeyReused =>
                throw InvalidKey("value_error", "Value error, this key came with another request within the last hour", key!),
            _ => throw new InvalidOperationException($"Unknown outcome of a job's submission: {answer.Outcome}"),
        };
    }

    private static string? ReadKey(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(KeyHeader, out var values)) return null;
        var key = values.ToString();
        if (key.Length == 0) throw InvalidKey("string_too_short", "String should have at least 1 character", key, """{"min_length":1}""");
        const int Max = RequestLimits.IdempotencyKeyLength;
        if (key.Length > Max)
            throw InvalidKey("string_too_long", $"String should have at most {Max} characters", key, $$"""{"max_length":{{Max}}}""");
        return key;
    }

    private static ApiProblem InvalidKey(string type, string message, string key, string? context = null) =>
        ApiProblem.Invalid([new InvalidField(type, ["header", KeyHeader.ToLowerInvariant()], message, InputEcho.FormatText(key), context)]);
}
