using System.Buffers.Binary;
using System.Text;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// Offsets of a ZIP's stored entries in the file. System.IO.Compression gives streams but no offsets, and ONNX Runtime reads weights by
/// file and offset.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int MaxDirectory = 64 << 20;

    /// <summary>Offset and length of every entry by name.</summary>
    public static IReadOnlyDictionary<string, (long Offset, long Length)> Read(FileStream stream, string path)
    {
        var (start, size, count) = FindDirectory(stream, path);
        if (size < 0 || size > MaxDirectory || start < 0 || start > stream.Length - size)
            throw Bad(path, "its directory lies outside the file");
        var directory = ReadAt(stream, start, (int)size, path);
        var entries = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        var at = 0;
        for (long i = 0; i < count; i++)
        {
            if (at + 46 > directory.Length || U32(directory, at) != CentralSignature) throw Bad(path, "its directory is damaged");
            var method = U16(directory, at + 10);
            var nameLength = U16(directory, at + 28);
            var extraLength = U16(directory, at + 30);
            var commentLength = U16(directory, at + 32);
            var next = at + 46 + nameLength + extraLength + commentLength;
            if (next > directory.Length) throw Bad(path, "its directory is damaged");
            var name = Encoding.UTF8.GetString(directory, at + 46, nameLength);
            var (length, header) = Sizes(directory, at, directory.AsSpan(at + 46 + nameLength, extraLength), path);
            if (method != 0) throw Bad(path, $"entry {name} is compressed; torch stores weights uncompressed");
            entries[name] = (DataOffset(stream, header, length, name, path), length);
            at = next;
        }

        return entries;
    }

    private static (long Start, long Size, long Count) FindDirectory(FileStream stream, string path)
    {
        var tailLength = (int)Math.Min(stream.Length, 65557);
        var tail = ReadAt(stream, stream.Length - tailLength, tailLength, path);
        for (var at = tail.Length - 22; at >= 0; at--)
        {
            if (U32(tail, at) != EndSignature) continue;
            long start = U32(tail, at + 16), size = U32(tail, at + 12), count = U16(tail, at + 10);
            if (start != uint.MaxValue && size != uint.MaxValue && count != ushort.MaxValue) return (start, size, count);
            if (at < 20) throw Bad(path, "its 64-bit directory is missing");
            var end64 = ReadAt(stream, (long)U64(tail, at - 20 + 8), 56, path);
            if (U32(end64, 0) != End64Signature) throw Bad(path, "its 64-bit directory is damaged");
            return ((long)U64(end64, 48), (long)U64(end64, 40), (long)U64(end64, 32));
        }

        throw Bad(path, "it is not a ZIP file; torch files older than 1.6 must be saved again");
    }

    private static (long Length, long Header) Sizes(byte[] directory, int at, ReadOnlySpan<byte> extra, string path)
    {
        long length = U32(directory, at + 24), packed = U32(directory, at + 20), header = U32(directory, at + 42);
        while (extra.Length >= 4)
        {
            var tag = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            var size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) throw Bad(path, "its directory is damaged");
            var field = extra.Slice(4, size);
            if (tag == 1)
            {
                if (length == uint.MaxValue) length = Take(ref field, path);
                if (packed == uint.MaxValue) packed = Take(ref field, path);
                if (header == uint.MaxValue) header = Take(ref field, path);
            }

            extra = extra[(4 + size)..];
        }

        return (length, header);
    }

    private static long Take(ref ReadOnlySpan<byte> field, string path)
    {
        if (field.Length < 8) throw Bad(path, "its directory is damaged");
        var value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return value;
    }

    private static long DataOffset(FileStream stream, long header, long length, string name, string path)
    {
        var local = ReadAt(stream, header, 30, path);
        if (U32(local, 0) != LocalSignature) throw Bad(path, $"entry {name} is damaged");
        var offset = header + 30 + U16(local, 26) + U16(local, 28);
        if (length < 0 || offset > stream.Length - length) throw Bad(path, $"entry {name} lies outside the file; the file is truncated");
        return offset;
    }

    private static byte[] ReadAt(FileStream stream, long offset, int length, string path)
    {
        if (offset < 0 || length < 0 || offset > stream.Length - length) throw Bad(path, "it is truncated");
        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static CheckpointException Bad(string path, string what) => new($"{path}: not a torch file that can be read: {what}.");

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
