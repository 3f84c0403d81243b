using System.Diagnostics;
using System.Text;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>A server as a process of its own, a member of a cluster on loopback.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);

    private readonly StringBuilder _log = new();

    private SiloProcess(SiloSettings settings, Process process)
    {
        Settings = settings;
        Process = process;
    }

    public SiloSettings Settings { get; }

    public Process Process { get; }

    /// <summary>Sends requests to it; set when it listens.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>What it has written, for messages.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Starts a process and does not wait.</summary>
    public static SiloProcess Launch(SiloSettings settings)
    {
        var start = ServerProcess.Command(settings.Data);
        foreach (var (name, value) in settings.ToVariables()) start.Environment[name] = value;
        start.ArgumentList[start.ArgumentList.IndexOf("--port") + 1] = settings.HttpPort.ToString();
        settings.Enter?.Invoke(start);
        var silo = new SiloProcess(settings, Process.Start(start)!);
        _ = silo.Collect(silo.Process.StandardError);
        return silo;
    }

    /// <summary>Starts a process and waits until it listens.</summary>
    public static async Task<SiloProcess> Start(SiloSettings settings)
    {
        var silo = Launch(settings);
        try
        {
            await silo.WaitUntilListening();
            return silo;
        }
        catch
        {
            silo.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it listens.</summary>
    public async Task WaitUntilListening()
    {
        using var limit = new CancellationTokenSource(LongestStart);
        while (await Process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            Append(line);
            if (!line.StartsWith("Page ", StringComparison.Ordinal) && !line.StartsWith("Health ", StringComparison.Ordinal)) continue;
            var address = new UriBuilder(line.Split(' ')[^1]) { Path = "" };
            Client = new HttpClient(Settings.Handler()) { BaseAddress = address.Uri };
            _ = Collect(Process.StandardOutput);
            return;
        }

        await Process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException($"{Settings.Name} ended with {Process.ExitCode}: {Log}");
    }

    /// <summary>Waits until the process has ended by itself.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public async Task<(int Code, string Log)> WaitForExit()
    {
        using var limit = new CancellationTokenSource(LongestStart);
        await Collect(Process.StandardOutput);
        await Process.WaitForExitAsync(limit.Token);
        return (Process.ExitCode, Log);
    }

    /// <summary>Sends SIGKILL and waits for the end.</summary>
    public void Kill()
    {
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
    }

    /// <summary>Sends a signal, such as STOP, CONT or TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Process.Id.ToString()]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        Client?.Dispose();
        Kill();
        Process.Dispose();
    }

    private async Task Collect(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line) Append(line);
    }

    private void Append(string line)
    {
        lock (_log) _log.AppendLine(line);
    }
}

/// <summary>Settings of a silo in a test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Database">Connection string of the cluster's database; null sets none.</param>
/// <param name="Data">Its data folder.</param>
internal sealed record SiloSettings(string Name, string? Database, string Data)
{
    public string Role { get; init; } = "all";

    /// <summary>Port between silos.</summary>
    public int Port { get; init; } = FreePorts.Fill(0)[0];

    /// <summary>Port for clients; 0 takes a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>Folder of the blobs; null is the data folder.</summary>
    public string? Blobs { get; init; }

    /// <summary>IP address at which other silos reach it.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Changes the start of its process; null leaves it as it is.</summary>
    public Action<ProcessStartInfo>? Enter { get; init; }

    /// <summary>Makes the handler of its clients.</summary>
    public Func<HttpMessageHandler> Handler { get; init; } = () => new SocketsHttpHandler();

    /// <summary>Further variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public IEnumerable<KeyValuePair<string, string?>> ToVariables() => new Dictionary<string, string?>(
        Variables.Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)))
    {
        ["DIA_ROLE"] = Role,
        ["DIA_SILO"] = Name,
        ["DIA_SILO_PORT"] = Port.ToString(),
        ["DIA_ADVERTISED_HOST"] = Address,
        ["DIA_DATABASE"] = Database,
        ["DIA_BLOB_FOLDER"] = Blobs,
        ["DIA_THREADS"] = "1",
    };
}
