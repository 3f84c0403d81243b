using System.Buffers.Binary;
using System.Text.Json;
using NamedTensor = (string Name, string Type, long[] Shape, byte[] Data);

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>Writes small safetensors files for tests.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyList<NamedTensor> tensors)
    {
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach (var (name, dtype, shape, data) in tensors)
        {
            header[name] = new { dtype, shape, data_offsets = new[] { offset, offset + data.Length } };
            offset += data.Length;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var stream = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        stream.Write(length);
        stream.Write(json);
        foreach (var tensor in tensors) stream.Write(tensor.Data);
    }
}
