using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Api.Recognition;

/// <summary>Records the errors of a server's log, although the tests switch logging off.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly RecordedLog _log = new();

    public IEnumerable<string> Lines => _log.Lines.Select(line => $"{line.Text} {line.Cause?.Message}");

    public void AddTo(IServiceCollection services) => services
        .AddSingleton<ILoggerProvider>(this)
        .Configure<LoggerFilterOptions>(
            filters => filters.Rules.Add(new LoggerFilterRule(typeof(ErrorLog).FullName, null, LogLevel.Error, null)));

    public ILogger CreateLogger(string categoryName) => _log;

    public void Dispose()
    {
        // There is nothing to dispose.
    }
}
