using System.Buffers.Binary;
using System.Text.Json;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// The header of a .safetensors file: 8 bytes of length, JSON, then the tensors' bytes. Every value of the header is checked.
/// </summary>
internal static class SafetensorsFile
{
    private const long MaxHeader = 100_000_000;
    private const int MaxDimensions = 16;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="CheckpointException">The file is not a valid safetensors file.</exception>
    public static IReadOnlyList<TensorEntry> Read(string path)
    {
        var file = CheckpointFiles.Resolve(path);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Parse(path, file, ReadHeader(stream, path), stream.Length);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {problem.Message}", problem);
        }
        catch (JsonException problem)
        {
            throw new CheckpointException($"{path}: the header is not valid JSON: {problem.Message}", problem);
        }
    }

    private static byte[] ReadHeader(FileStream stream, string path)
    {
        Span<byte> eight = stackalloc byte[8];
        if (stream.Length < 8)
            throw new CheckpointException($"{path}: {stream.Length} bytes are too few; the file is truncated or not a safetensors file.");
        stream.ReadExactly(eight);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(eight);
        var room = (ulong)Math.Min(MaxHeader, stream.Length - 8);
        if (length < 2 || length > room)
        {
            throw new CheckpointException(
                $"{path}: the header length is {length} bytes; 2 to {room} are possible. The file is truncated or not a safetensors file.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    private static List<TensorEntry> Parse(string path, string file, byte[] header, long fileLength)
    {
        using var json = JsonText.Parse(path, header, new JsonDocumentOptions { MaxDepth = 16 });
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new CheckpointException($"{path}: the header is not a JSON object.");
        var dataStart = 8L + header.Length;
        var entries = new List<TensorEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.RootElement.EnumerateObject())
        {
            var name = property.Name;
            if (name == "__metadata__") continue;
            if (!names.Add(name)) throw new CheckpointException($"{path}: tensor {name} appears twice.");
            entries.Add(Entry(path, file, name, property.Value, dataStart, fileLength));
        }

        CheckCover(path, entries, dataStart, fileLength);
        return entries;
    }

    private static TensorEntry Entry(string path, string file, string name, JsonElement value, long dataStart, long fileLength)
    {
        CheckpointException Bad(string what) => new($"{path}: tensor {name}: {what}.");
        if (value.ValueKind != JsonValueKind.Object) throw Bad("its header entry is not an object");
        if (!value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String) throw Bad("dtype is missing");
        var type = TypeOf(dtype.GetString()!) ?? throw Bad($"dtype {dtype} is unknown");
        var shape = Shape(value, Bad);
        var bytes = Size(type, shape, Bad);
        var (start, end) = Offsets(value, Bad);
        var room = fileLength - dataStart;
        if (start < 0 || end < start || end > room)
            throw Bad($"its bytes {start} to {end} lie outside the {room} that the file holds; the file is truncated or damaged");
        if (end - start != bytes) throw Bad($"{type} [{string.Join(", ", shape)}] takes {bytes} bytes, data_offsets give {end - start}");
        return new TensorEntry(name, type, shape, file, dataStart + start, end - start);
    }

    private static long[] Shape(JsonElement entry, Func<string, CheckpointException> bad)
    {
        if (!entry.TryGetProperty("shape", out var dims) || dims.ValueKind != JsonValueKind.Array || dims.GetArrayLength() > MaxDimensions)
            throw bad("shape is missing or has too many dimensions");
        var shape = new long[dims.GetArrayLength()];
        for (var i = 0; i < shape.Length; i++)
        {
            if (!TryInteger(dims[i], out shape[i]) || shape[i] < 0) throw bad($"dimension {i} is {dims[i]}");
        }

        return shape;
    }

    private static long Size(ElementType type, long[] shape, Func<string, CheckpointException> bad)
    {
        var bytes = (UInt128)TensorEntry.SizeOf(type);
        foreach (var dim in shape)
        {
            bytes *= (UInt128)dim;
            if (bytes > long.MaxValue) throw bad("its shape overflows");
        }

        return (long)bytes;
    }

    private static (long Start, long End) Offsets(JsonElement entry, Func<string, CheckpointException> bad)
    {
        var list = entry.TryGetProperty("data_offsets", out var offsets) && offsets.ValueKind == JsonValueKind.Array;
        if (list && offsets.GetArrayLength() == 2 && TryInteger(offsets[0], out var start) && TryInteger(offsets[1], out var end))
            return (start, end);
        throw bad("data_offsets are not two integers");
    }

    private static bool TryInteger(JsonElement value, out long integer)
    {
        integer = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out integer);
    }

    /// <summary>The tensors' bytes follow each other without a gap up to the end, as the format requires.</summary>
    private static void CheckCover(string path, List<TensorEntry> entries, long dataStart, long fileLength)
    {
        TensorEntry? before = null;
        var end = dataStart;
        foreach (var entry in entries.Where(e => e.Length > 0).OrderBy(e => e.Offset))
        {
            if (entry.Offset < end) throw new CheckpointException($"{path}: the bytes of {before!.Name} and {entry.Name} overlap.");
            if (entry.Offset > end)
            {
                throw new CheckpointException(
                    $"{path}: tensor {entry.Name}: expected to begin at byte {end - dataStart} of the data, " +
                    $"found {entry.Offset - dataStart}; gaps are not allowed.");
            }

            before = entry;
            end = entry.Offset + entry.Length;
        }

        if (end == fileLength) return;
        throw new CheckpointException(
            $"{path}: expected {end - dataStart} bytes of data, up to the end of the last tensor, " +
            $"found {fileLength - dataStart}; the file is damaged.");
    }

    private static ElementType? TypeOf(string dtype) => dtype switch
    {
        "F64" => ElementType.F64,
        "F32" => ElementType.F32,
        "F16" => ElementType.F16,
        "BF16" => ElementType.BF16,
        "I64" => ElementType.I64,
        "I32" => ElementType.I32,
        "I16" => ElementType.I16,
        "I8" => ElementType.I8,
        "U8" => ElementType.U8,
        "BOOL" => ElementType.Bool,
        "F8_E4M3" => ElementType.F8E4M3,
        "F8_E5M2" => ElementType.F8E5M2,
        _ => null,
    };
}
