using System.Collections.Concurrent;
using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Commands;

/// <summary>What the terminal shows when a server starts.</summary>
public sealed class StartReportTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_start_tells_where_the_page_is_and_what_is_served()
    {
        var lines = await ReadUntil("small demonstration model");
        lines.ShouldContain(line => line.StartsWith("Page     http://127.0.0.1:", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("Docs     http://127.0.0.1:", StringComparison.Ordinal) && line.Contains("/docs"));
        lines.ShouldContain($"Data     {_data.Path}");
        lines.ShouldContain("Model    dia-nano is being loaded ...");
        lines.ShouldNotContain(line => line.Contains("grain service"), "Orleans' own lines are not shown");
        lines.ShouldContain(line => line.Contains("Model    dia-nano on cpu in ") && line.Contains(", ready after "));
        var quantising = lines.Where(line => line.Contains("Quantising the weights of dia-nano to ")).ToArray();
        quantising[0].ShouldEndWith("once: 0 %");
        quantising[^1].ShouldEndWith("once: 100 %");
        quantising.ShouldAllBe(line => !line.Contains('/'));
        lines.ShouldContain("         ./run.sh model pull nari-labs/Dia-1.6B-0626");
        lines.ShouldContain("         ./run.sh --model nari-labs/Dia-1.6B-0626");
        lines.ShouldNotContain(line => line.Contains("Open to"));
        lines.ShouldNotContain(line => line.Contains(" Microsoft.") || line.Contains(" Orleans."));
    }

    [Fact]
    public async Task Lines_of_the_libraries_are_written_if_the_settings_say_so()
    {
        using var folder = new TemporaryFolder();
        var settings = folder.File("settings.json");
        await File.WriteAllTextAsync(settings, """{"Logging":{"LogLevel":{"Orleans":"Information","Microsoft":"Information"}}}""");
        var lines = await ReadUntil("small demonstration model", "--settings", settings);
        foreach (var library in (string[])[" Orleans.", " Microsoft."]) lines.ShouldContain(line => line.Contains(library));
    }

    [Fact]
    public async Task A_folder_that_is_no_checkpoint_is_named_in_one_line_of_the_log()
    {
        var lines = await ReadUntil("could not be loaded", "--model", _data.Path);
        lines.ShouldContain($"Model    {Path.GetFileName(_data.Path)} could not be loaded: the log says why");
        var failure = lines.Where(line => line.Contains(" fail: ")).ShouldHaveSingleItem();
        failure.ShouldContain("config.json");
        failure.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_server_that_is_stopped_during_the_load_does_not_report_a_failure()
    {
        using var process = Process.Start(ServerProcess.Command(_data.Path))!;
        var lines = new ConcurrentQueue<string>();
        var reading = Read(process, lines);
        using var timeout = new CancellationTokenSource(Limit);
        while (!lines.Any(line => line.Contains("is being loaded"))) await Task.Delay(5, timeout.Token);
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()])) await kill.WaitForExitAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        await reading;
        process.ExitCode.ShouldBe(0);
        lines.ShouldNotContain(line => line.Contains("could not be loaded"));
    }

    /// <summary>The lines of a server until one contains <paramref name="end"/>, and those that it writes within the next second.</summary>
    private async Task<IReadOnlyList<string>> ReadUntil(string end, params string[] arguments)
    {
        var command = ServerProcess.Command(_data.Path);
        foreach (var argument in arguments) command.ArgumentList.Add(argument);
        using var process = Process.Start(command)!;
        var lines = new ConcurrentQueue<string>();
        var reading = Read(process, lines);
        try
        {
            using var timeout = new CancellationTokenSource(Limit);
            while (!lines.Any(line => line.Contains(end))) await Task.Delay(50, timeout.Token);
            await Task.Delay(1000, timeout.Token);
        }
        finally
        {
            process.Kill();
            await reading;
        }

        return [.. lines];
    }

    private static async Task Read(Process process, ConcurrentQueue<string> lines)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line) lines.Enqueue(line);
    }
}
