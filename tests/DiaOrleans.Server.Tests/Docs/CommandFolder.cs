using System.Diagnostics;
using System.Net;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>A folder in which documented commands run: with a run.sh of this build, a new data folder, and a folder for the hub.</summary>
internal sealed class CommandFolder : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public CommandFolder()
    {
        var script = _folder.File("run.sh");
        File.WriteAllText(script, $"#!/bin/bash\nexec dotnet '{ServerProcess.Program}' \"$@\"\n");
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, Executable);
        CopyModel(_folder.File("hub/nari-labs/Dia-1.6B-0626"));
    }

    /// <summary>Without the name of a command the program serves.</summary>
    public static bool Serves(string command) =>
        command.Split(' ') is [.., "./run.sh"] or ["./run.sh", ['-', ..], ..];

    /// <summary>Runs a command to its end, or until a server that it starts can take work.</summary>
    public async Task Run(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["DIA_HOST"] = "127.0.0.1",
                ["DIA_PORT"] = "0",
                ["DIA_DATA"] = _folder.File("data"),
                ["DIA_HUB"] = _folder.File("hub"),
                ["DIA_MEASURE_SPEED"] = "off",
            },
        })!;
        if (Serves(command)) await BecomeReady(process);
        else await End(process, command);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task BecomeReady(Process process)
    {
        using var server = await ServerProcess.Follow(process, new SocketsHttpHandler());
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            using var answer = await server.Client.GetAsync("/health/ready", limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK) break;
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task End(Process process, string command)
    {
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, $"{command}\n{await output}\n{await errors}");
    }

    private static void CopyModel(string folder)
    {
        var model = ModelFolder.Default();
        foreach (var file in Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.CreateSymbolicLink(copy, file);
        }
    }
}
