using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>nginx as a process of its own, with its files in a folder of its own.</summary>
internal sealed class NginxProcess : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    /// <param name="program">Path of the program.</param>
    /// <param name="configuration">The whole configuration; it is given the folder for files of nginx.</param>
    public NginxProcess(string program, Func<string, string> configuration)
    {
        File.WriteAllText(_folder.File("nginx.conf"), "daemon off;\nmaster_process off;\n" + configuration(_folder.Path));
        string[] arguments = ["-c", _folder.File("nginx.conf"), "-p", _folder.Path, "-e", _folder.File("error.log")];
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
    }

    /// <param name="program">Path of the program.</param>
    /// <param name="http">What its section http has: servers, upstreams.</param>
    public NginxProcess(string program, string http)
        : this(program, folder => Configuration(folder, http))
    {
    }

    /// <summary>Path of the program, or null.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nginx"))
        .FirstOrDefault(File.Exists);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>A whole configuration whose files are in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="http">What its section http has.</param>
    public static string Configuration(string folder, string http)
    {
        string[] temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        return $$"""
            pid {{folder}}/pid;
            events { worker_connections 256; }
            http {
              access_log off;
              {{string.Join(' ', temporary.Select(name => $"{name}_temp_path {folder}/{name};"))}}
              {{http}}
            }
            """;
    }
}
