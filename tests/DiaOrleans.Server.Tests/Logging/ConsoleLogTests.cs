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
    public async Task A_message_is_one_line_with_its_request_whatever_clients_send()
    {
        var entry = new LogEntry<string>(LogLevel.Warning, "DiaOrleans.X", 7, "a\nfail: b", null, (text, _) => text);
        var line = await Task.Run(() =>
        {
            CurrentRequest.Set("mine-1");
            return Write(entry);
        });
        line.ShouldBe($@"08:30:05 warn: DiaOrleans.X[7] a\u000afail: b [request mine-1]{Environment.NewLine}");
    }

    [Theory]
    [InlineData("\u001b[2J", @"\u001b[2J")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("a\r\nb", @"a\u000d\u000ab")]
    [InlineData("a\u2028b\u2029c", @"a\u2028b\u2029c")]
    [InlineData("user\u202etxt.exe", @"user\u202etxt.exe")]
    [InlineData("\u2066x\u2069\u200f\u061c", @"\u2066x\u2069\u200f\u061c")]
    [InlineData("\U000e0041", @"\U000e0041")]
    [InlineData("Größe 大 \U0001f600 {x}", "Größe 大 \U0001f600 {x}")]
    public void Characters_that_change_how_a_line_is_shown_are_escaped(string sent, string shown)
    {
        foreach (var (log, before) in ((Action<ILogger>, string)[])
            [
                (logger => logger.LogWarning("Voice {Voice}.", sent), "Voice "),
                (logger => logger.LogWarning(new IOException(sent), "Failed."), "Failed. System.IO.IOException: "),
            ])
        {
            var lines = new Entries();
            log(lines);
            var expected = before.StartsWith('F') && sent.Contains("\r\n") ? "a b" : shown;
            lines.Written.Single().ShouldStartWith($"08:30:05 warn: DiaOrleans.X[0] {before}{expected}");
        }
    }

    [Fact]
    public void An_unpaired_surrogate_is_escaped()
    {
        var lines = new Entries();
        lines.LogWarning("Voice {Voice}.", "\ud83d");
        lines.Written.Single().ShouldContain(@"Voice \ud83d.");
    }

    [Fact]
    public void A_value_is_cut_at_200_characters_and_the_rest_of_the_message_is_not()
    {
        var lines = new Entries();
        lines.LogWarning("Voice '{Voice}' of {Count:F1} {{s}} {List}.", new string('x', 5000), 1.26, new[] { "a", "b" });
        lines.Written.Single().ShouldBe(
            $"08:30:05 warn: DiaOrleans.X[0] Voice '{new string('x', 200)}… (4800 more characters)' of 1.3 {{s}} a, b."
            + Environment.NewLine);
    }

    [Fact]
    public void Every_text_of_a_line_has_an_end()
    {
        var lines = new Entries();
        var text = new string('x', 1 << 20);
        lines.Log(LogLevel.Error, new EventId(1), text, new IOException(text), (message, _) => message);
        lines.Written.Single().Length.ShouldBeLessThan(30_000);
    }

    private static string Write<T>(LogEntry<T> entry)
    {
        var line = new StringWriter();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 30, 5, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        new LogLine(time).Write(entry, scopes: null, line);
        return line.ToString();
    }

    [Fact]
    public async Task Debug_mode_and_show_prompts_change_what_is_logged_while_the_server_runs_and_lines_name_their_request()
    {
        var lines = new Lines();
        await using var server = await RunningServer.Start(services: services => services.AddSingleton<ILoggerProvider>(lines));
        server.App.MapGet("/broken", IResult () => throw new InvalidOperationException("Broken."));
        var log = server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IGenerationLogGrain>(0);
        CurrentRequest.Set("mine-2");

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

    [Fact]
    public async Task Lines_of_speech_name_the_request_of_its_client()
    {
        var lines = new Lines();
        await using var server = await RunningServer.Start(services: services => services.AddSingleton<ILoggerProvider>(lines));
        await server.Client.PutJson("/config", """{"debug_mode":true,"show_prompts":true}""");
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        foreach (var streamed in (string[])["false", "true"])
        {
            var body = $$"""{"input":"Where is my hat?","voice":"anna","seed":7,"stream":{{streamed}}}""";
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech") { Content = new StringContent(body) };
            request.Headers.Add("X-Request-ID", $"mine-{streamed}");
            (await server.Client.SendAsync(request)).EnsureSuccessStatusCode();
            lines.Seen.ShouldContain(line => line.Text.Contains(" speaks: ") && line.Request == $"mine-{streamed}");
        }
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

    private sealed class Lines : ILoggerProvider
    {
        private readonly RecordedLog _log = new();

        public IEnumerable<Line> Seen => _log.Lines.Select(line => new Line(line.Level, line.Text, line.Request));

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("DiaOrleans") ? _log : NullLogger.Instance;

        public void Dispose()
        {
        }
    }

    /// <summary>A logger whose messages become lines.</summary>
    private sealed class Entries : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Written.Add(Write(new LogEntry<TState>(logLevel, "DiaOrleans.X", eventId, state, exception, formatter)));
    }
}
