using System.Runtime.CompilerServices;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Grains.Speech;

/// <summary>Encoded audio that grows while readers follow it, each from its first byte. Thread-safe.</summary>
internal sealed class AudioBuffer
{
    private readonly ReplayBuffer<ReadOnlyMemory<byte>> _chunks = new();
    private long _bytes;

    /// <summary>Bytes so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Appends a chunk; without effect after the end.</summary>
    public void Append(ReadOnlyMemory<byte> chunk)
    {
        if (!chunk.IsEmpty && _chunks.TryAppend(chunk)) Interlocked.Add(ref _bytes, chunk.Length);
    }

    /// <summary>Ends the audio; without effect if it has ended.</summary>
    /// <param name="failure">Thrown to readers behind the last chunk; null ends their enumeration.</param>
    public void End(Exception? failure = null) => _chunks.TryEnd(failure);

    /// <summary>The audio from its first byte on, in chunks of at most <paramref name="chunkBytes"/>.</summary>
    public async IAsyncEnumerable<byte[]> Read(int chunkBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in _chunks.Read(0, cancellationToken))
        {
            for (var start = 0; start < chunk.Length; start += chunkBytes)
                yield return chunk[start..Math.Min(start + chunkBytes, chunk.Length)].ToArray();
        }
    }
}
