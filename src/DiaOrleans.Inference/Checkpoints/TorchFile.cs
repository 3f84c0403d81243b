namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A torch .pth or .bin file: a ZIP of raw storages and a pickle that says what they are. The tensors point into the ZIP itself.</summary>
/// <param name="Tensors">The state dict.</param>
/// <param name="Metadata">Primitives of the top level's <c>metadata.kwargs</c>, where there is one.</param>
internal sealed record TorchFile(IReadOnlyList<TensorEntry> Tensors, IReadOnlyDictionary<string, object?> Metadata)
{
    private const int MaxPickle = 64 << 20;

    /// <exception cref="CheckpointException">The file is no torch state dict.</exception>
    public static TorchFile Read(string path)
    {
        var file = CheckpointFiles.Resolve(path);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            var entries = ZipDirectory.Read(stream, path);
            var pickleName = entries.Keys.FirstOrDefault(k => k.EndsWith("/data.pkl", StringComparison.Ordinal)) ?? throw new CheckpointException($"{path}: the ZIP has no data.pkl; it is no torch file.");
            var (offset, length) = entries[pickleName];
            if (length > MaxPickle) throw new CheckpointException($"{path}: data.pkl is {length} bytes long; at most {MaxPickle} are read.");
            var pickle = new byte[length];
            stream.Position = offset;
            stream.ReadExactly(pickle);
            return FromTop(path, file, new Unpickler(pickle, path).Read(), entries, pickleName[..^"data.pkl".Length]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {problem.Message}", problem);
        }
    }

    private static TorchFile FromTop(string path, string file, object? top, IReadOnlyDictionary<string, (long Offset, long Length)> entries, string root)
    {
        if (top is not Dictionary<object, object?> outer) throw new CheckpointException($"{path}: the pickle holds no state dict.");
        var state = outer.GetValueOrDefault("state_dict") as Dictionary<object, object?> ?? outer;
        var kwargs = (outer.GetValueOrDefault("metadata") as Dictionary<object, object?>)?.GetValueOrDefault("kwargs") as Dictionary<object, object?>;
        var tensors = new List<TensorEntry>();
        foreach (var (key, value) in state)
        {
            if (key is string name && value is TorchTensor tensor) tensors.Add(Entry(path, file, name, tensor, entries, root));
        }

        if (tensors.Count == 0) throw new CheckpointException($"{path}: the state dict holds no tensors.");
        return new TorchFile(tensors, kwargs?.Where(p => p.Key is string).ToDictionary(p => (string)p.Key, p => p.Value) ?? []);
    }

    private static TensorEntry Entry(string path, string file, string name, TorchTensor tensor, IReadOnlyDictionary<string, (long Offset, long Length)> entries, string root)
    {
        CheckpointException Bad(string what) => new($"{path}: tensor {name}: {what}.");
        if (!entries.TryGetValue($"{root}data/{tensor.Storage.Key}", out var place)) throw Bad($"its storage {tensor.Storage.Key} is missing");
        if (tensor.Size.Length != tensor.Stride.Length || tensor.Size.Any(d => d < 0) || tensor.Offset < 0) throw Bad("its size is damaged");
        Int128 elements = 1;
        for (var i = tensor.Size.Length - 1; i >= 0; i--)
        {
            if (tensor.Size[i] != 1 && tensor.Stride[i] != elements) throw Bad("it is not contiguous; save it again with .contiguous()");
            elements *= tensor.Size[i];
            if (elements > long.MaxValue) throw Bad("its shape overflows");
        }

        var size = TensorEntry.SizeOf(tensor.Storage.Type);
        if ((tensor.Offset + elements) * size > place.Length) throw Bad($"it needs {(tensor.Offset + elements) * size} bytes, its storage has {place.Length}; the file is truncated");
        return new TensorEntry(name, tensor.Storage.Type, tensor.Size, file, place.Offset + tensor.Offset * size, (long)elements * size);
    }
}
