using System.Globalization;
using DiaOrleans.Grains.Requests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DiaOrleans.Server.Logging;

/// <summary>
/// Formats a message as one line: local time, level, category, message, exception, and the request that it belongs to. Texts in it, which
/// may be a client's, are cut, and characters that could change how the line is shown are escaped.
/// </summary>
internal sealed class LogLine(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>Name of the formatter.</summary>
    public const string FormatterName = "dia";

    private const int MaxException = 16_000;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        output.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        output.Write(Abbreviate(entry.LogLevel));
        output.Write($": {entry.Category}[{entry.EventId.Id}] ");
        LogText.Write(LogMessage.Format(entry), output);
        if (entry.Exception is { } cause)
        {
            output.Write(' ');
            LogText.Write(JoinLines(LogText.Cut(cause.ToString(), MaxException)), output);
        }

        if (CurrentRequest.Id is { } request) output.Write($" [request {request}]");
        output.WriteLine();
    }

    /// <summary>The lines of a stack trace follow each other in one line.</summary>
    private static string JoinLines(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Abbreviate(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
