using System.Buffers.Binary;
using System.Text.Json;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>
/// A checkpoint's weights, quantised, in one safetensors file. Its last tensor is a checksum of all bytes before it: a copy that is damaged
/// anywhere is not read.
/// </summary>
internal static class QuantisedFile
{
    private const string Checksum = "checksum";
    private const int Alignment = 64;

    /// <summary>The checkpoint with the weights of a file.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged or of another model.</exception>
    public static DiaCheckpoint Open(string path, DiaCheckpoint checkpoint, BlockLayout layout)
    {
        var tensors = SafetensorsFile.Read(path);
        Verify(path);
        var table = new TensorTable(path, tensors.ToDictionary(t => t.Name, StringComparer.Ordinal));
        return checkpoint.WithWeights(new QuantisedTensors(table, layout));
    }

    /// <summary>Bytes of the file of a checkpoint.</summary>
    public static long Size(DiaCheckpoint checkpoint, BlockLayout layout)
    {
        var parts = QuantisedParts.Of(checkpoint, layout).ToList();
        return Header(parts).Length + parts.Sum(p => p.Length) + FileChecksum.Length;
    }

    /// <summary>Quantises a checkpoint's weights into a stream.</summary>
    /// <param name="file">The stream.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="layout">Bits and order of the weights.</param>
    /// <param name="report">Receives the fraction that is done, 0 to 1.</param>
    public static void Write(Stream file, DiaCheckpoint checkpoint, BlockLayout layout, Action<double> report)
    {
        var parts = QuantisedParts.Of(checkpoint, layout).ToList();
        var checksum = new FileChecksum();
        Append(Header(parts));
        var total = parts.Sum(p => p.Length);
        var done = 0L;
        foreach (var part in parts)
        {
            foreach (var bytes in part.Make()) Append(bytes);
            done += part.Length;
            report((double)done / total);
        }

        file.Write(checksum.Finish());

        void Append(byte[] bytes)
        {
            checksum.Append(bytes);
            file.Write(bytes);
        }
    }

    private static byte[] Header(IReadOnlyList<QuantisedPart> parts)
    {
        var entries = new Dictionary<string, object>();
        var offset = 0L;
        var checksum = new NewTensor(Checksum, "U8", [FileChecksum.Length], FileChecksum.Length);
        foreach (var tensor in parts.SelectMany(p => p.Tensors).Append(checksum))
        {
            var end = offset + tensor.Length;
            entries[tensor.Name] = new { dtype = tensor.Type, shape = tensor.Shape, data_offsets = new[] { offset, end } };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        var length = (json.Length + 8 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan(8 + json.Length).Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(length - 8));
        json.CopyTo(header, 8);
        return header;
    }

    private static void Verify(string path)
    {
        try
        {
            var end = new FileInfo(path).Length - FileChecksum.Length;
            if (FileChecksum.Of(path, end) is { } found && found.AsSpan().SequenceEqual(ReadChecksum(path, end))) return;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {problem.Message}", problem);
        }

        throw new CheckpointException($"{path}: the checksum is wrong; the file is damaged.");
    }

    private static byte[] ReadChecksum(string path, long offset)
    {
        using var file = File.OpenHandle(path);
        var checksum = new byte[FileChecksum.Length];
        var count = RandomAccess.Read(file, checksum, offset);
        return checksum[..count];
    }
}
