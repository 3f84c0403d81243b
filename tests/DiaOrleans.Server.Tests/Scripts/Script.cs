using System.Diagnostics;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Scripts;

/// <summary>A copy of eng/sdk.sh and eng/natives.sh in a temporary root, with scripts in place of the programs that it calls.</summary>
internal sealed class Script : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public Script()
    {
        var eng = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", "..", "eng"));
        Directory.CreateDirectory(_root.File("eng"));
        foreach (var name in (string[])["sdk.sh", "natives.sh"]) File.Copy(Path.Combine(eng, name), _root.File($"eng/{name}"));
    }

    public string PathOf(string name) => _root.File(name);

    /// <summary>Writes empty files under the root.</summary>
    public void Files(params string[] names)
    {
        foreach (var name in names) File.WriteAllText(PathOf(name), "");
    }

    /// <summary>Writes a shell script of these lines under the root.</summary>
    public void Program(string path, string lines)
    {
        var file = _root.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\n{lines}\n");
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, Executable);
    }

    /// <summary>Runs a command in bash with a home folder of its own. Programs in bin replace those of the system.</summary>
    public async Task<(int Status, string Output)> Run(string command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1; {command}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Remove("DOTNET_ROOT");
        start.Environment["HOME"] = _root.File("home");
        start.Environment["PATH"] = $"{_root.File("bin")}:/usr/bin:/bin";
        start.Environment["root"] = _root.Path;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    public void Dispose() => _root.Dispose();
}
