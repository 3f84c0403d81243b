using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Requests;
using DiaOrleans.Server.Logging;
using DiaOrleans.Server.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Logging;

public sealed class ConsoleLogTests
{
    [Fact]
    public void A_message_is_one_line_with_its_request_whatever_clients_send()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var request = scopes.Push(new RequestLogScope("mine-1"));
        using var other = scopes.Push("another scope");
        var line = new StringWriter();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 30, 5, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        var entry = new LogEntry<string>(LogLevel.Warning, "DiaOrleans.X", 7, "a\nfail: b", null, (text, _) => text);
        new LogLine(time).Write(entry, scopes, line);
        line.ToString().ShouldBe($"08:30:05 warn: DiaOrleans.X[7] a fail: b [request mine-1]{Environment.NewLine}");
    }

    [Fact]
    public async Task Debug_mode_and_show_prompts_change_what_is_logged_while_the_server_runs_and_lines_name_their_request()
    {
        var lines = new Lines();
        await using var server = await RunningServer.Start(services: services => services.AddSingleton<ILoggerProvider>(lines));
        server.App.MapGet("/broken", IResult () => throw new InvalidOperationException("Broken."));
        var log = server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IGenerationLogGrain>(0);
        new RequestLogScope("mine-2").SetCurrent();

        await log.Append(Entry("quiet"));
        lines.Seen.ShouldNotContain(line => line.Text.StartsWith("Generation"));

        await server.Client.PutJson("/config", """{"debug_mode":true}""");
        await log.Append(Entry("loud"));
        lines.Seen.ShouldContain(new Line(LogLevel.Debug, "Generation loud of voice 'anna' took 1.50 s.", "mine-2"));

        await server.Client.PutJson("/config", """{"debug_mode":true,"show_prompts":true}""");
        await log.Append(Entry("clear"));
        lines.Seen.ShouldContain(new Line(LogLevel.Information, "Generation clear of voice 'anna' took 1.50 s: Good morning.", "mine-2"));

        var request = new HttpRequestMessage(HttpMethod.Get, "/broken");
        request.Headers.Add("X-Request-ID", "mine-3");
        await server.Client.SendAsync(request);
        lines.Seen.ShouldContain(new Line(LogLevel.Error, "GET /broken failed, request mine-3", "mine-3"));

        await server.Client.PutJson("/config", "{}");
        await log.Append(Entry("quiet again"));
        lines.Seen.ShouldNotContain(line => line.Text.Contains("quiet"));
    }

    private static GenerationEntry Entry(string id) => new()
    {
        Id = id,
        Timestamp = DateTimeOffset.UtcNow,
        Text = "Good morning.",
        ProcessedText = "[S1] Good morning. [S1]",
        Voice = "anna",
        GenerationTime = 1.5,
    };

    private sealed record Line(LogLevel Level, string Text, string? Request);

    private sealed class Lines : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ConcurrentQueue<Line> Seen { get; } = [];

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("DiaOrleans") ? this : NullLogger.Instance;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            string? request = null;
            _scopes.ForEachScope<object?>((scope, _) => request = scope is RequestLogScope { Id: var id } ? id : request, null);
            Seen.Enqueue(new Line(logLevel, formatter(state, exception), request));
        }

        public void Dispose()
        {
        }
    }
}
