using System.Collections.Concurrent;
using DiaOrleans.Grains.Requests;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Keeps what is logged, in its order. Thread-safe.</summary>
internal class RecordedLog : ILogger
{
    public ConcurrentQueue<Line> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
        Lines.Enqueue(new Line(logLevel, eventId.Id, formatter(state, exception), exception, values, CurrentRequest.Id));
    }

    /// <summary>A line of the log.</summary>
    /// <param name="Level">Its level.</param>
    /// <param name="Id">Its number.</param>
    /// <param name="Text">Its text.</param>
    /// <param name="Cause">The exception whose trace is logged with it; null if there is none.</param>
    /// <param name="Values">The values in the text, by their names.</param>
    /// <param name="Request">The request that it was logged for; null if there is none.</param>
    internal sealed record Line(
        LogLevel Level,
        int Id,
        string Text,
        Exception? Cause,
        IEnumerable<KeyValuePair<string, object?>> Values,
        string? Request);
}

/// <summary>The same as the log of a type.</summary>
internal sealed class RecordedLog<T> : RecordedLog, ILogger<T>;
