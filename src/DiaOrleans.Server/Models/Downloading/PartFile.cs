using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>
/// The downloaded part of a file: FILE.part, and FILE.part.json, which records the ranges that are on disk. A part without a record is what
/// earlier versions left: its bytes up to its end are there. Thread-safe. The caller holds a <see cref="DownloadLock"/>.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const int FormatVersion = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _target;
    private readonly string _of;
    private readonly long _recordBytes;
    private readonly Lock _lock = new();
    private readonly ByteRanges _done = new();
    private readonly SafeFileHandle _file;
    private long _recorded;
    private bool _isCompleted;

    /// <summary>Opens the part, or creates it together with its folder.</summary>
    /// <param name="target">Path of the complete file.</param>
    /// <param name="wanted">The file; a part of another one is dropped.</param>
    /// <param name="recordBytes">Bytes after which the record is written.</param>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public PartFile(string target, RemoteFile wanted, long recordBytes)
    {
        _target = target;
        _of = wanted.Digest?.ToString() ?? $"size:{wanted.Size}";
        _recordBytes = recordBytes;
        Size = wanted.Size;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            foreach (var range in FindDone()) _done.Add(range);
            IsResumed = _done.Count > 0;
            WriteRecord();
            _file = File.OpenHandle(PartPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous);
            if (!IsResumed) RandomAccess.SetLength(_file, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }

    /// <summary>Size of the complete file, or null if it is not known yet.</summary>
    public long? Size { get; private set; }

    /// <summary>Whether an earlier download left bytes.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Path of the part.</summary>
    public string PartPath => _target + ".part";

    /// <summary>Bytes that are on disk.</summary>
    public long Count
    {
        get
        {
            lock (_lock) return _done.Count;
        }
    }

    private string RecordPath => PartPath + ".json";

    /// <summary>Sets the size when the source has said it.</summary>
    public void SetSize(long size) => Size = size;

    /// <summary>The ranges that are missing; the size must be known.</summary>
    public IReadOnlyList<ByteRange> Missing(long most)
    {
        lock (_lock) return [.. _done.Missing(Size!.Value, most)];
    }

    /// <summary>The first byte that is missing.</summary>
    public long FirstMissing()
    {
        lock (_lock) return _done.All is [{ From: 0, To: var end }, ..] ? end : 0;
    }

    /// <summary>Writes bytes at a position.</summary>
    /// <exception cref="DownloadException">The disk is full, or fails.</exception>
    public async Task Write(long at, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, at, cancellation);
            lock (_lock)
            {
                _done.Add(new ByteRange(at, at + bytes.Length));
                if (_done.Count - _recorded >= _recordBytes) WriteRecord();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DownloadException.NotStored(e);
        }
    }

    /// <summary>Forgets all bytes.</summary>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public void Clear() => Change(() =>
    {
        lock (_lock)
        {
            _done.Clear();
            IsResumed = false;
            WriteRecord();
            RandomAccess.SetLength(_file, 0);
        }
    });

    /// <summary>Gives the file its name, in place of any other file of that name.</summary>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public void Complete() => Change(() =>
    {
        RandomAccess.FlushToDisk(_file);
        _isCompleted = true;
        _file.Dispose();
        File.Move(PartPath, _target, overwrite: true);
        File.Delete(RecordPath);
    });

    /// <summary>Deletes the part.</summary>
    /// <exception cref="DownloadException">The folder cannot be written.</exception>
    public void Delete() => Change(() =>
    {
        _isCompleted = true;
        _file.Dispose();
        File.Delete(PartPath);
        File.Delete(RecordPath);
    });

    /// <summary>Records what is on disk, for the next download, and closes the part.</summary>
    public void Dispose()
    {
        if (_isCompleted) return;
        try
        {
            lock (_lock) WriteRecord();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full or gone: the next download takes the record before.
        }

        _file.Dispose();
    }

    private IEnumerable<ByteRange> FindDone()
    {
        if (!File.Exists(PartPath)) return [];
        var length = new FileInfo(PartPath).Length;
        if (!File.Exists(RecordPath)) return [new ByteRange(0, length)];
        try
        {
            var record = JsonSerializer.Deserialize<Record>(File.ReadAllBytes(RecordPath), Json);
            if (record is null || record.Version != FormatVersion || record.Of != _of) return [];
            Size ??= record.Size;
            return record.Done.Where(range => range.From >= 0 && range.To <= length);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The bytes are on the disk before the record says so. The first record is written before there are bytes.</summary>
    private void WriteRecord()
    {
        if (_file is { IsClosed: false }) RandomAccess.FlushToDisk(_file);
        var fresh = RecordPath + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(new Record(FormatVersion, _of, Size, [.. _done.All]), Json));
        File.Move(fresh, RecordPath, overwrite: true);
        _recorded = _done.Count;
    }

    private static void Change(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(DownloadFault.Storage, "the folder of models cannot be written", e);
        }
    }

    private sealed record Record(int Version, string Of, long? Size, IReadOnlyList<ByteRange> Done);
}
