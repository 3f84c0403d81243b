using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// The file that says which server uses a data folder. Where file locks have no effect between machines, the server changes a number in it
/// again and again, and another one that sees the number change does not start. A server that finds another one named there has lost the
/// folder, which happens after it could not reach a network drive, or was stopped, for long.
/// </summary>
/// <param name="folder">Absolute path of the data folder.</param>
/// <param name="time">Clock.</param>
/// <param name="period">Time between two changes of the number.</param>
internal sealed partial class FolderHolder(string folder, TimeProvider time, TimeSpan period) : IDisposable
{
    private const string Name = "server.txt";

    /// <summary>Periods after which a holder whose number has not changed is taken for dead.</summary>
    private const int Silence = 3;

    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly Lock _gate = new();
    private int _port;
    private long _beat;

    /// <summary>The description in the file; null if this server does not use the folder.</summary>
    private string? _written;

    private Timer? _timer;

    /// <summary>Another server has taken the folder. The argument describes it.</summary>
    public event Action<string>? Taken;

    private string File => Path.Combine(folder, Name);

    private string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}, process {Environment.ProcessId}, port {_port}, since {_since:u}");

    /// <summary>The server that uses the folder, for a message.</summary>
    public string Read() => ReadText() is { } text ? text.Split('\n')[0] : "it does not say which";

    /// <summary>The server of this machine that uses a folder now; null if none does.</summary>
    /// <param name="folder">Path of the data folder.</param>
    public static FolderServer? FindRunning(string folder)
    {
        if (ReadText(Path.Combine(folder, Name)) is not { } text || Server().Match(text) is not { Success: true } server) return null;
        var process = int.Parse(server.Groups["process"].ValueSpan, CultureInfo.InvariantCulture);
        if (server.Groups["machine"].Value != Environment.MachineName || !IsRunning(process)) return null;
        return new FolderServer(process, int.Parse(server.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
    }

    /// <summary>Writes that this server uses the folder.</summary>
    /// <param name="port">Port that it listens on.</param>
    public void Write(int port)
    {
        lock (_gate)
        {
            _port = port;
            Write();
        }
    }

    /// <summary>
    /// Takes a folder that locks do not protect: waits until it is clear that no other server uses it. Then this server changes the number
    /// until it is disposed of.
    /// </summary>
    /// <param name="port">Port that this server listens on.</param>
    /// <returns>The server that uses the folder; null if this one may.</returns>
    public string? TakeWithoutLock(int port)
    {
        if (ReadText() is { } before)
        {
            for (var i = 0; i < Silence; i++)
            {
                Thread.Sleep(period);
                if (ReadText() is { } now && now != before) return Read();
            }
        }

        // A write of the former server that waits for the network goes to the old file.
        System.IO.File.Delete(File);
        Write(port);
        // Of two servers that start at the same time, the one whose text is overwritten gives up.
        Thread.Sleep(period);
        if (ReadText()?.StartsWith(Description, StringComparison.Ordinal) != true)
        {
            _written = null;
            return Read();
        }

        _timer = new Timer(_ => Beat(), null, TimeSpan.Zero, period);
        return null;
    }

    /// <summary>Deletes the file, if this server uses the folder. If the server is killed, it stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            if (_written is null) return;
            try
            {
                System.IO.File.Delete(File);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is only described as in use.
            }
        }
    }

    private void Beat()
    {
        string? other;
        lock (_gate)
        {
            if (_timer is null) return;
            _beat++;
            try
            {
                other = Write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next one may succeed.
                return;
            }

            if (other is null) return;
            _written = null;
            _timer.Dispose();
            _timer = null;
        }

        Taken?.Invoke(other);
    }

    /// <summary>Writes in place, for which a full disk has room.</summary>
    /// <returns>The other server that the file names; null if it was written.</returns>
    private string? Write()
    {
        var description = Description;
        var text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{description}\n{_beat:D12}\n"));
        const FileShare share = FileShare.ReadWrite | FileShare.Delete;
        using var file = new FileStream(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
        if (_written is not null && FindOther(file) is { } other) return other;
        file.Position = 0;
        file.Write(text);
        file.SetLength(text.Length);
        _written = description;
        return null;
    }

    private string? FindOther(FileStream file)
    {
        var text = new StreamReader(file, leaveOpen: true).ReadToEnd();
        return text.Length == 0 || text.StartsWith(_written!, StringComparison.Ordinal) ? null : text.Split('\n')[0];
    }

    private string? ReadText() => ReadText(File);

    private static string? ReadText(string file)
    {
        try
        {
            return System.IO.File.ReadAllText(file) is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            Process.GetProcessById(process).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?<machine>.*), process (?<process>\d{1,9}), port (?<port>\d{1,5}), since ")]
    private static partial Regex Server();
}

/// <summary>A server that uses a data folder.</summary>
/// <param name="Process">Id of its process.</param>
/// <param name="Port">Port that it listens on.</param>
internal sealed record FolderServer(int Process, int Port);
