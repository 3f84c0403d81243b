using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>One file of golden vectors and its description. It has a reader of its own, so that the reader under test is not its own judge.</summary>
internal sealed class VectorFile
{
    private readonly byte[] _bytes;
    private readonly int _data;
    private readonly Dictionary<string, JsonElement> _tensors;

    private VectorFile(string path)
    {
        var description = Path.ChangeExtension(path, ".json");
        Json = File.Exists(description) ? JsonDocument.Parse(File.ReadAllBytes(description)).RootElement : default;
        // The delay cases are a description alone.
        if (!File.Exists(path) && Json.ValueKind == JsonValueKind.Object)
        {
            (_bytes, _tensors) = ([], []);
            return;
        }

        _bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _data = 8 + length;
        _tensors = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p => p.Value);
    }

    public JsonElement Json { get; }

    public IEnumerable<string> Names => _tensors.Keys;

    public static VectorFile Open(string name) => new(Path.Combine(ReferenceSet.Folder, $"{name}.safetensors"));

    public static VectorFile OpenPath(string path) => new(path);

    public bool Has(string tensor) => _tensors.ContainsKey(tensor);

    public long[] Shape(string tensor) => [.. _tensors[tensor].GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];

    public string Type(string tensor) => _tensors[tensor].GetProperty("dtype").GetString()!;

    public float[] Floats(string tensor) => Type(tensor) == "F32" ? MemoryMarshal.Cast<byte, float>(Bytes(tensor)).ToArray() : throw new InvalidDataException($"{tensor} is {Type(tensor)}");

    public int[] Ints(string tensor) => Type(tensor) == "I32" ? MemoryMarshal.Cast<byte, int>(Bytes(tensor)).ToArray() : throw new InvalidDataException($"{tensor} is {Type(tensor)}");

    public ReadOnlySpan<byte> Bytes(string tensor)
    {
        var offsets = _tensors[tensor].GetProperty("data_offsets");
        return _bytes.AsSpan(_data + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }
}
