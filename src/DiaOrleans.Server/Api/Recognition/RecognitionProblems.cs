using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Recognition;

/// <summary>
/// Makes the answers to failures of speech recognition, and logs those that are faults of the server; docs/api.md, Audio prompts.
/// </summary>
internal sealed partial class RecognitionProblems(ILogger<RecognitionProblems> logger)
{
    private static readonly TimeSpan DownloadPeriod = TimeSpan.FromSeconds(60);

    /// <summary>
    /// 503 with the reason if the model is not on disk or no silo recognises, and with Retry-After if a later attempt may succeed; 500 for
    /// any other cause.
    /// </summary>
    /// <param name="cause">A <see cref="RecognizerUnavailableException"/> or <see cref="RecognitionException"/>.</param>
    /// <param name="context">The request that failed.</param>
    /// <param name="failed">The sentence of the 500.</param>
    public ApiProblem Create(Exception cause, HttpContext context, string failed)
    {
        if (cause is RecognizerUnavailableException missing) return ApiProblem.NotInstalled(missing.Message, missing.RetryAfter);
        Log.Failed(logger, context.Request.Method, context.Request.Path, context.TraceIdentifier, cause);
        return cause is RecognitionException { Fault: RecognitionFault.Download }
            ? ApiProblem.NotInstalled(cause.Message, DownloadPeriod)
            : ApiProblem.Failed(failed);
    }

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Error, "Speech recognition: {Method} {Path} failed, request {Id}")]
        public static partial void Failed(ILogger logger, string method, string path, string id, Exception cause);
    }
}
