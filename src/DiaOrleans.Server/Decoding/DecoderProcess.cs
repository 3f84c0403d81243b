using System.ComponentModel;
using System.Diagnostics;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Server.ChildProcesses;

namespace DiaOrleans.Server.Decoding;

/// <summary>
/// A child process that decodes recordings of strangers: native decoders may crash, hang, or be taken over by a file. It takes one file at
/// a time. Not thread-safe but for <see cref="Dispose"/>.
/// </summary>
internal sealed partial class DecoderProcess : IDisposable
{
    private const string HeapLimit = "0x40000000";

    private readonly Process _process;
    private readonly string _folder;
    private readonly ILogger _logger;
    private int _isEnded;

    private DecoderProcess(Process process, string folder, ILogger logger)
    {
        _process = process;
        _folder = folder;
        _logger = logger;
        _ = LogErrors();
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs and can take a file.</summary>
    public bool Alive => Volatile.Read(ref _isEnded) == 0 && !_process.HasExited;

    /// <summary>Starts a process.</summary>
    /// <param name="folder">Folder for its temporary files, which it creates if needed; deleted when it has ended.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="DecoderUnavailableException">It does not start.</exception>
    public static DecoderProcess Start(string folder, ILogger logger)
    {
        var start = OwnProgram.Command(DecoderProtocol.Command, folder);
        // A managed heap that has a limit of its own fails by an exception and not by the limit of the process.
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        start.Environment["DOTNET_gcServer"] = "0";
        try
        {
            return new DecoderProcess(Process.Start(start)!, folder, logger);
        }
        catch (Win32Exception e)
        {
            throw new DecoderUnavailableException(e);
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">Limits on what is decoded.</param>
    /// <param name="stop">Ends the process.</param>
    /// <exception cref="RecordingException">The file cannot be read; the process may have died of it.</exception>
    public async Task<Recording> Decode(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken stop)
    {
        try
        {
            // An answer may come before the whole file is read, if the process dies; then the writing fails too.
            await DecoderProtocol.WriteFile(_process.StandardInput.BaseStream, file, limits, stop);
            return await DecoderProtocol.ReadAnswer(_process.StandardOutput.BaseStream, limits, stop);
        }
        catch (OperationCanceledException)
        {
            Log.Stopped(_logger, Id, file.Length);
            Dispose();
            throw;
        }
        catch (IOException e)
        {
            if (Volatile.Read(ref _isEnded) == 0) Log.Died(_logger, e, Id, file.Length);
            Dispose();
            throw new RecordingException(RecordingProblem.Unreadable, "The decoder stopped while it read this file.", e);
        }
    }

    /// <summary>
    /// Ends the process and its children at once, and deletes its temporary files. Any thread may call it, also while it decodes.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0) return;
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(5));
            if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            // It has already exited, or a file is left over, which the next start of the server deletes.
        }
    }

    /// <summary>Native libraries write what they want: it is logged as theirs, in pieces, since a line may have no end.</summary>
    private async Task LogErrors()
    {
        var block = new char[1024];
        int read;
        while ((read = await _process.StandardError.ReadAsync(block)) > 0) Log.Wrote(_logger, Id, new string(block, 0, read).Trim());
    }

    private static partial class Log
    {
        [LoggerMessage(
            801,
            LogLevel.Warning,
            "The decoder, process {Process}, died while it read a recording of {Bytes} bytes; the next recording starts a new one.")]
        public static partial void Died(ILogger logger, Exception cause, int process, int bytes);

        [LoggerMessage(802, LogLevel.Warning, "The decoder, process {Process}, was stopped while it read a recording of {Bytes} bytes.")]
        public static partial void Stopped(ILogger logger, int process, int bytes);

        [LoggerMessage(803, LogLevel.Debug, "The decoder, process {Process}, wrote: {Text}")]
        public static partial void Wrote(ILogger logger, int process, string text);
    }
}
