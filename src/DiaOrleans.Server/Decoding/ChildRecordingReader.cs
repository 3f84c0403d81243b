using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Server.Decoding;

/// <summary>
/// Decodes recordings in child processes, so that a fault in a native decoder does not end the server and its streams. Processes are
/// started when they are needed and kept for further recordings; one that dies or is stopped is replaced, and those without work end.
/// </summary>
internal sealed class ChildRecordingReader : IRecordingReader, IDisposable
{
    /// <summary>Format of the GUIDs that are the names of the processes' folders.</summary>
    private const string FolderName = "N";

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    private readonly string _folder;
    private readonly ILogger<ChildRecordingReader> _logger;
    private readonly SemaphoreSlim _free = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 4));
    private readonly Lock _swap = new();
    private readonly HashSet<DecoderProcess> _all = [];
    private readonly Stack<DecoderProcess> _idle = [];
    private readonly ITimer _timer;
    private bool _wasUsed;
    private bool _isDisposed;

    /// <param name="folder">
    /// Folder for temporary files, used by this reader alone: folders that a killed server made in it are deleted. Everything else stays.
    /// </param>
    /// <param name="time">Clock of the time without work.</param>
    /// <param name="logger">Log.</param>
    public ChildRecordingReader(string folder, TimeProvider time, ILogger<ChildRecordingReader> logger)
    {
        _folder = folder;
        _logger = logger;
        DeleteLeft();
        _timer = time.CreateTimer(_ => EndIdle(), null, IdleLimit, IdleLimit);
    }

    /// <summary>Ids of the processes that run.</summary>
    public IReadOnlyList<int> ProcessIds
    {
        get
        {
            lock (_swap) return [.. _all.Where(process => process.Alive).Select(process => process.Id)];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DecoderUnavailableException">No process starts.</exception>
    // Without the caller's synchronisation context, so that waiting here cannot block the continuations.
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default) =>
        Task.Run(() => ReadInChild(file, limits, cancellationToken), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Ends all processes; readings in progress fail.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        DecoderProcess[] all;
        lock (_swap)
        {
            _isDisposed = true;
            all = [.. _all];
            _all.Clear();
            _idle.Clear();
        }

        foreach (var process in all) process.Dispose();
    }

    private void DeleteLeft()
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var left in Directory.EnumerateDirectories(_folder))
        {
            if (Guid.TryParseExact(Path.GetFileName(left), FolderName, out _)) Directory.Delete(left, recursive: true);
        }
    }

    private async Task<Recording> ReadInChild(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken stop)
    {
        await _free.WaitAsync(stop);
        try
        {
            var process = Take();
            try
            {
                return await process.Decode(file, limits, stop);
            }
            finally
            {
                GiveBack(process);
            }
        }
        finally
        {
            _free.Release();
        }
    }

    private DecoderProcess Take()
    {
        lock (_swap)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _wasUsed = true;
            while (_idle.TryPop(out var idle))
            {
                if (idle.Alive) return idle;
                Drop(idle);
            }

            var process = DecoderProcess.Start(Path.Combine(_folder, Guid.NewGuid().ToString(FolderName)), _logger);
            _all.Add(process);
            return process;
        }
    }

    private void GiveBack(DecoderProcess process)
    {
        lock (_swap)
        {
            if (process.Alive && !_isDisposed) _idle.Push(process);
            else Drop(process);
        }
    }

    private void Drop(DecoderProcess process)
    {
        _all.Remove(process);
        process.Dispose();
    }

    /// <summary>Ends the processes without work if there was no work since the last call.</summary>
    private void EndIdle()
    {
        lock (_swap)
        {
            if (!_wasUsed)
            {
                while (_idle.TryPop(out var idle)) Drop(idle);
            }

            _wasUsed = false;
        }
    }
}
