using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Memory;

/// <summary>
/// The arrays of encoded audio, which are used again: they are most of what an answer allocates. At most 8 MiB are kept. Thread-safe.
/// </summary>
public static class AudioPieces
{
    /// <summary>Bytes of a full piece: below 85,000, from which arrays go to the large object heap.</summary>
    internal const int FullBytes = 1 << 16;

    private const int LeastBytes = 1 << 12;
    private const int KeptOfEachLength = 64;

    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(FullBytes, KeptOfEachLength);

    /// <summary>A piece with these bytes, which the caller owns.</summary>
    public static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LeastBytes) return bytes.ToArray();
        var array = Rent(bytes.Length);
        bytes.CopyTo(array);
        return array.AsMemory(0, bytes.Length);
    }

    /// <summary>Takes a piece back from its owner, who does not use it any more. Without effect for other memory.</summary>
    public static void GiveBack(ReadOnlyMemory<byte> piece)
    {
        if (!MemoryMarshal.TryGetArray(piece, out var part) || part.Offset != 0) return;
        if (part.Array is { Length: >= LeastBytes and <= FullBytes } array && BitOperations.IsPow2(array.Length)) Pool.Return(array);
    }

    /// <summary>Takes pieces back.</summary>
    public static void GiveBackAll(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        foreach (var piece in pieces) GiveBack(piece);
    }

    /// <summary>An array of at least that length, with any contents.</summary>
    internal static byte[] Rent(int length) => Pool.Rent(length);
}
