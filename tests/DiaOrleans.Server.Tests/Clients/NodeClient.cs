using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>Packages for Node.js: OpenAI's library, with programs that use it, and the rules of axe-core.</summary>
internal static class NodeClient
{
    private static readonly string[] Packages = ["openai", "axe-core"];
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>The client and its library, in a folder that is kept between runs.</summary>
    public static async Task<string> Install()
    {
        await Installing.WaitAsync();
        try
        {
            return await InstallOnce();
        }
        finally
        {
            Installing.Release();
        }
    }

    /// <summary>Runs a program in a folder.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    private static async Task<string> InstallOnce()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "node-client")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Clients", "node")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (Packages.All(package => Directory.Exists(Path.Combine(folder, "node_modules", package)))) return folder;
        try
        {
            var (code, _, error) = await Run(
                "npm",
                ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"],
                folder);
            if (code != 0) Assert.Skip($"npm could not install openai and axe-core: {error.Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("npm is not installed.");
        }

        return folder;
    }
}
