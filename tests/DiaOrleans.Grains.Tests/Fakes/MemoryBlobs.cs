using System.Collections.Concurrent;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Blobs that outlive their silos.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();

    public IReadOnlyList<string> Keys => [.. _blobs.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What every write meets, where not null.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Writes that met <see cref="Fault"/>.</summary>
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

    public Task<Stream?> OpenRead(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_blobs.TryGetValue(key, out var content) ? new MemoryStream(content) : null);

    public Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult(_blobs.TryGetValue(key, out var content) ? new BlobInfo(key, content.Length, default) : null);

    public Task<bool> Delete(string key, CancellationToken cancellationToken = default) => Task.FromResult(_blobs.TryRemove(key, out _));

    public Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<BlobInfo>>([.. Keys.Where(key => key.StartsWith($"{folder}/", StringComparison.Ordinal)).Select(key => new BlobInfo(key, _blobs[key].Length, default))]);
}
