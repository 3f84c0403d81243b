using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// One file of golden vectors and its description, read without the reader under test.
/// </summary>
internal sealed class VectorFile
{
    private readonly byte[] _bytes;
    private readonly int _data;
    private readonly Dictionary<string, JsonElement> _tensors;

    private VectorFile(string path)
    {
        var description = Path.ChangeExtension(path, ".json");
        Json = File.Exists(description) ? JsonDocument.Parse(File.ReadAllBytes(description)).RootElement : default;
        // The delay cases are a description without vectors.
        if (!File.Exists(path) && Json.ValueKind == JsonValueKind.Object)
        {
            _bytes = [];
            _tensors = [];
            return;
        }

        _bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _data = 8 + length;
        var header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _tensors = header.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p => p.Value);
    }

    public JsonElement Json { get; }

    public IEnumerable<string> Names => _tensors.Keys;

    public static VectorFile Open(string name) => new(Path.Combine(ReferenceSet.Folder, $"{name}.safetensors"));

    public static VectorFile OpenPath(string path) => new(path);

    public bool Has(string tensor) => _tensors.ContainsKey(tensor);

    public long[] Shape(string tensor) => [.. _tensors[tensor].GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];

    public string Type(string tensor) => _tensors[tensor].GetProperty("dtype").GetString()!;

    public float[] Floats(string tensor) => Elements<float>(tensor, "F32");

    public int[] Ints(string tensor) => Elements<int>(tensor, "I32");

    public ReadOnlySpan<byte> Bytes(string tensor)
    {
        var offsets = _tensors[tensor].GetProperty("data_offsets");
        return _bytes.AsSpan(_data + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }

    private T[] Elements<T>(string tensor, string type) where T : unmanaged
    {
        if (Type(tensor) != type) throw new InvalidDataException($"{tensor} is {Type(tensor)}; expected {type}.");
        return MemoryMarshal.Cast<byte, T>(Bytes(tensor)).ToArray();
    }
}
