using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Api.Recognition;

/// <summary>Records the errors of a server's log, although the tests switch logging off.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public void AddTo(IServiceCollection services) => services
        .AddSingleton<ILoggerProvider>(this)
        .Configure<LoggerFilterOptions>(
            filters => filters.Rules.Add(new LoggerFilterRule(typeof(ErrorLog).FullName, null, LogLevel.Error, null)));

    public ILogger CreateLogger(string categoryName) => new Writer(Lines);

    public void Dispose()
    {
        // There is nothing to dispose.
    }

    private sealed class Writer(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception?.Message}");
    }
}
