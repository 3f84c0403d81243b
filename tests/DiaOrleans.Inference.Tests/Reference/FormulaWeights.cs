using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// Writes a full-size checkpoint whose weights follow the formula of the reference set's README, so that none need be shipped.
/// </summary>
internal static class FormulaWeights
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    public static void Write(JsonElement description, string file)
    {
        var kinds = description.GetProperty("kinds");
        var tensors = description.GetProperty("tensors").EnumerateObject()
            .Select(t => (t.Name, Shape: ShapeOf(t.Value), Kind: kinds.GetProperty(t.Value.GetProperty("kind").GetString()!)))
            .ToList();
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        WriteHeader(stream, tensors.Select(t => (t.Name, t.Shape)));
        foreach (var (name, shape, kind) in tensors)
        {
            var count = shape.Aggregate(1L, (a, b) => a * b);
            WriteTensor(stream, name, count, kind.GetProperty("base").GetInt32() == 1, kind.GetProperty("scale").GetSingle());
        }
    }

    /// <summary>Element i (row-major) of the named tensor.</summary>
    public static float Value(ulong hash, long i, bool aroundOne, float scale)
    {
        var x = hash + (ulong)(i + 1) * Golden;
        x ^= x >> 30;
        x *= 0xbf58476d1ce4e5b9;
        x ^= x >> 27;
        x *= 0x94d049bb133111eb;
        x ^= x >> 31;
        var unit = (x >> 40) * (1f / (1 << 23)) - 1f;
        var scaled = unit * scale;
        return aroundOne ? 1f + scaled : scaled;
    }

    public static ulong Hash(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(0xcbf29ce484222325UL, (h, b) => (h ^ b) * 0x100000001b3UL);

    private static long[] ShapeOf(JsonElement tensor) => [.. tensor.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];

    private static void WriteHeader(Stream stream, IEnumerable<(string Name, long[] Shape)> tensors)
    {
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach (var (name, shape) in tensors)
        {
            var end = offset + 4 * shape.Aggregate(1L, (a, b) => a * b);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, end } };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        stream.Write(length);
        stream.Write(json);
    }

    private static void WriteTensor(Stream stream, string name, long count, bool aroundOne, float scale)
    {
        const int Block = 1 << 22;
        var hash = Hash(name);
        var values = new float[Math.Min(count, Block)];
        for (long start = 0; start < count; start += Block)
        {
            var length = (int)Math.Min(Block, count - start);
            var from = start;
            Parallel.For(0, (length + 65535) / 65536, part =>
            {
                for (var i = part * 65536; i < Math.Min(length, (part + 1) * 65536); i++)
                {
                    values[i] = Value(hash, from + i, aroundOne, scale);
                }
            });
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan(0, length)));
        }
    }
}
