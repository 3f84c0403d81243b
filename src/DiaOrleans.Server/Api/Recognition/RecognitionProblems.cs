using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Recognition;

/// <summary>What speech recognition could not do, as an answer, and in the log where somebody can mend it; spec/api.md 5.</summary>
internal sealed partial class RecognitionProblems(ILogger<RecognitionProblems> logger)
{
    private const string NotInstalled = "Whisper is not installed";

    private static readonly TimeSpan NextDownload = TimeSpan.FromSeconds(60);

    /// <summary>503 where there is no model of that size on disk, to be asked again where it may still be downloaded; 500 for everything else.</summary>
    public ApiProblem From(Exception cause, HttpContext context, string failed)
    {
        if (cause is RecognizerUnavailableException) return ApiProblem.NotInstalled(NotInstalled);
        Log.Failed(logger, context.Request.Method, context.Request.Path, context.TraceIdentifier, cause);
        return cause is RecognitionException { Fault: RecognitionFault.Download } ? ApiProblem.NotInstalled(NotInstalled, NextDownload) : ApiProblem.Failed(failed);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Speech recognition: {Method} {Path} failed, request {Id}")]
        public static partial void Failed(ILogger logger, string method, string path, string id, Exception cause);
    }
}
