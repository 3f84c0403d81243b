using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests;

/// <summary>The server as a process of its own, with the shipped model, on a free port.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    public required Process Process { get; init; }

    public required HttpClient Client { get; init; }

    /// <summary>Path of the program, which dotnet runs.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "DiaOrleans.Server.dll");

    /// <summary>The command that starts a server.</summary>
    /// <param name="data">The data folder.</param>
    public static ProcessStartInfo Command(string data)
    {
        var dotnet = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
        return new ProcessStartInfo(dotnet, [Program, "serve", "--host", "127.0.0.1", "--port", "0", "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DIA_MEASURE_SPEED"] = "off" },
        };
    }

    /// <summary>The largest memory that it has had, in bytes, as the system counts it.</summary>
    public long PeakMemory()
    {
        Process.Refresh();
        return Process.PeakWorkingSet64;
    }

    /// <summary>Sends it a signal, such as TERM.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> WaitForExit()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Process.WaitForExitAsync(limit.Token);
        return Process.ExitCode;
    }

    /// <summary>Starts a server and does not wait.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="path">Its variable PATH; null inherits it.</param>
    public static Process Launch(string data, string? path = null)
    {
        var start = Command(data);
        if (path is not null) start.Environment["PATH"] = path;
        return Process.Start(start)!;
    }

    /// <summary>Starts a server and waits until it listens.</summary>
    public static Task<ServerProcess> Start(string data, string? path = null) => Follow(Launch(data, path), new SocketsHttpHandler());

    /// <summary>Waits until a process listens; one that does not is killed.</summary>
    public static async Task<ServerProcess> Follow(Process process, HttpMessageHandler handler)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            var address = await ReadAddress(process, limit.Token);
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new ServerProcess { Process = process, Client = new HttpClient(handler) { BaseAddress = address } };
        }
        catch
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
            throw;
        }
    }

    private static async Task<Uri> ReadAddress(Process process, CancellationToken limit)
    {
        while (await process.StandardOutput.ReadLineAsync(limit) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match) return new Uri(match.Value);
        }

        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit));
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
