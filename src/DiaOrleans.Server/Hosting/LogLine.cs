using System.Globalization;
using DiaOrleans.Grains.Requests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DiaOrleans.Server.Hosting;

/// <summary>A line a message: the time, the level, the category, the message, and the request that it belongs to.</summary>
internal sealed class LogLine(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "dia";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        output.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        output.Write(Short(entry.LogLevel));
        output.Write($": {entry.Category}[{entry.EventId.Id}] ");
        output.Write(OneLine(entry.Formatter(entry.State, entry.Exception)));
        if (entry.Exception is { } cause) output.Write(" " + OneLine(cause.ToString()));
        scopes?.ForEachScope(static (scope, line) => { if (scope is RequestLogScope request) line.Write($" [{request}]"); }, output);
        output.WriteLine();
    }

    /// <summary>What clients send cannot begin a line of its own.</summary>
    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
