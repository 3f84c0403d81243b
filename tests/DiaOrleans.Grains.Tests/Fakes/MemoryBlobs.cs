using System.Collections.Concurrent;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Blobs in memory, which survive the restart of a test cluster.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();

    public IReadOnlyList<string> Keys => [.. _blobs.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The exception of every write; null if writes succeed.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Writes that failed with <see cref="Fault"/>.</summary>
    public int Refused { get; private set; }

    public byte[] this[string key] => _blobs[key];

    public Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlobKey.Split(key);
        if (Fault is { } fault)
        {
            Refused++;
            throw fault;
        }

        _blobs[key] = pieces.SelectMany(piece => piece.ToArray()).ToArray();
        return Task.CompletedTask;
    }

    public Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult(_blobs.TryGetValue(key, out var content) ? OpenBlob.Of(content) : null);

    public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult(_blobs.ContainsKey(key) ? Describe(key) : null);

    public Task<bool> Delete(string key, CancellationToken cancellationToken = default) => Task.FromResult(_blobs.TryRemove(key, out _));

    public Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<BlobInfo>>([.. Keys.Where(key => key.Split('/')[0] == folder).Select(Describe)]);

    private BlobInfo Describe(string key) => new(key, _blobs[key].Length, default);
}
