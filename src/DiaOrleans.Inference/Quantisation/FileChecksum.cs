using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>
/// XXH128 of the XXH128 of each 16 MiB of a file, so that several threads check a file. Finds damage, not forgery.
/// </summary>
internal sealed class FileChecksum
{
    /// <summary>Bytes of a checksum.</summary>
    public const int Length = 16;

    private const int BlockBytes = 16 << 20;
    private const int ReadBytes = 1 << 20;

    private readonly XxHash128 _whole = new();
    private readonly XxHash128 _block = new();
    private int _inBlock;

    /// <summary>Adds the next bytes of the file.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, BlockBytes - _inBlock);
            _block.Append(bytes[..count]);
            bytes = bytes[count..];
            _inBlock += count;
            if (_inBlock == BlockBytes) EndBlock();
        }
    }

    /// <summary>The checksum of all bytes so far.</summary>
    public byte[] Finish()
    {
        if (_inBlock > 0) EndBlock();
        return _whole.GetCurrentHash();
    }

    /// <summary>The checksum of the first <paramref name="length"/> bytes of a file; null if it is shorter.</summary>
    public static byte[]? Of(string path, long length)
    {
        using var file = File.OpenHandle(path);
        if (length < 0 || RandomAccess.GetLength(file) < length) return null;
        var hashes = new byte[(length + BlockBytes - 1) / BlockBytes][];
        Parallel.For(0, hashes.Length, i => hashes[i] = HashBlock(file, (long)i * BlockBytes, length));
        var whole = new XxHash128();
        foreach (var hash in hashes) whole.Append(hash);
        return whole.GetCurrentHash();
    }

    private static byte[] HashBlock(SafeFileHandle file, long start, long length)
    {
        var end = Math.Min(start + BlockBytes, length);
        var hash = new XxHash128();
        var buffer = new byte[ReadBytes];
        while (start < end)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(ReadBytes, end - start)), start);
            if (count == 0) break;
            hash.Append(buffer.AsSpan(0, count));
            start += count;
        }

        return hash.GetCurrentHash();
    }

    private void EndBlock()
    {
        _whole.Append(_block.GetHashAndReset());
        _inBlock = 0;
    }
}
