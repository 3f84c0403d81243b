using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>What a server's process has used.</summary>
/// <param name="Cpu">Time of all its threads.</param>
/// <param name="PeakBytes">The most resident memory.</param>
internal sealed record ServerUsage(TimeSpan Cpu, long PeakBytes);

/// <summary>Measures the process that listens on a port of this machine; on Linux, through /proc.</summary>
internal sealed class ServerMeter : IDisposable
{
    private const string Listening = "0A";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly TimeSpan _before;
    private readonly Timer _timer;
    private long _peak;

    private ServerMeter(Process process)
    {
        _process = process;
        _before = process.TotalProcessorTime;
        _timer = new Timer(_ => ReadMemory(), null, TimeSpan.Zero, Period);
    }

    /// <summary>Begins to measure; null if the server is not on this machine, or its process cannot be found.</summary>
    public static ServerMeter? TryStart(Uri server)
    {
        if (!server.IsLoopback || !OperatingSystem.IsLinux()) return null;
        try
        {
            return FindProcess(server.Port) is { } process ? new ServerMeter(process) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Ends the measurement; null if the process has ended.</summary>
    public ServerUsage? Stop()
    {
        _timer.Dispose();
        ReadMemory();
        _process.Refresh();
        return _process.HasExited ? null : new ServerUsage(_process.TotalProcessorTime - _before, Interlocked.Read(ref _peak));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _process.Dispose();
    }

    private void ReadMemory()
    {
        try
        {
            _process.Refresh();
            if (!_process.HasExited) Interlocked.Exchange(ref _peak, Math.Max(Interlocked.Read(ref _peak), _process.WorkingSet64));
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>The process that has an open file for the socket that listens on the port.</summary>
    private static Process? FindProcess(int port)
    {
        string[] tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        var sockets = tables.Where(File.Exists).SelectMany(File.ReadLines).Skip(1).Select(line => FindSocket(line, port)).OfType<string>();
        var links = sockets.Select(inode => $"socket:[{inode}]").ToHashSet();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            if (HasLink(Path.Combine(folder, "fd"), links)) return Process.GetProcessById(id);
        }

        return null;
    }

    /// <summary>
    /// Inode of a line of /proc/net/tcp: number, local address and port in hexadecimal, remote address, state, and the inode as tenth.
    /// </summary>
    private static string? FindSocket(string line, int port)
    {
        var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (columns.Length < 10 || columns[3] != Listening) return null;
        var text = columns[1][(columns[1].LastIndexOf(':') + 1)..];
        return int.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var local) && local == port ? columns[9] : null;
    }

    private static bool HasLink(string folder, HashSet<string> links)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Any(file => links.Contains(ReadLink(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Target of a link; empty if the file was closed since the folder was read.</summary>
    private static string ReadLink(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
