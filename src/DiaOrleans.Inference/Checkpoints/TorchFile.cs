namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// A torch .pth or .bin file: a ZIP of raw storages, and a pickle that describes them. The tensors refer to bytes of the ZIP.
/// </summary>
/// <param name="Tensors">The state dict.</param>
/// <param name="Metadata">Primitives of the top level's <c>metadata.kwargs</c>, if there is one.</param>
internal sealed record TorchFile(IReadOnlyList<TensorEntry> Tensors, IReadOnlyDictionary<string, object?> Metadata)
{
    private const int MaxPickle = 64 << 20;

    /// <summary>Reads the pickle; weights stay on disk.</summary>
    /// <exception cref="CheckpointException">The file is not a torch state dict.</exception>
    public static TorchFile Read(string path)
    {
        var file = CheckpointFiles.Resolve(path);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            var entries = ZipDirectory.Read(stream, path);
            var pickleName = entries.Keys.FirstOrDefault(k => k.EndsWith("/data.pkl", StringComparison.Ordinal)) ??
                throw new CheckpointException($"{path}: the ZIP has no data.pkl; it is not a torch file.");
            var top = new Unpickler(ReadPickle(stream, path, entries[pickleName]), path).Read();
            var storages = new TorchStorages(path, file, entries, pickleName[..^"data.pkl".Length]);
            return Create(storages, top);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {problem.Message}", problem);
        }
    }

    private static byte[] ReadPickle(FileStream stream, string path, (long Offset, long Length) place)
    {
        if (place.Length > MaxPickle)
            throw new CheckpointException($"{path}: data.pkl is {place.Length} bytes long; at most {MaxPickle} are read.");
        var pickle = new byte[place.Length];
        stream.Position = place.Offset;
        stream.ReadExactly(pickle);
        return pickle;
    }

    private static TorchFile Create(TorchStorages storages, object? top)
    {
        if (top is not Dictionary<object, object?> outer)
            throw new CheckpointException($"{storages.Path}: the pickle holds no state dict.");
        var state = outer.GetValueOrDefault("state_dict") as Dictionary<object, object?> ?? outer;
        var metadata = outer.GetValueOrDefault("metadata") as Dictionary<object, object?>;
        var kwargs = metadata?.GetValueOrDefault("kwargs") as Dictionary<object, object?> ?? [];
        var tensors = new List<TensorEntry>();
        foreach (var (key, value) in state)
        {
            if (key is string name && value is TorchTensor tensor) tensors.Add(storages.Locate(name, tensor));
        }

        if (tensors.Count == 0) throw new CheckpointException($"{storages.Path}: the state dict holds no tensors.");
        return new TorchFile(tensors, kwargs.Where(p => p.Key is string).ToDictionary(p => (string)p.Key, p => p.Value));
    }
}

/// <summary>The storages of a torch file.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="File">The file with its links followed.</param>
/// <param name="Entries">Offset and length of the ZIP's entries.</param>
/// <param name="Root">Prefix of the entries' names.</param>
internal sealed record TorchStorages(string Path, string File, IReadOnlyDictionary<string, (long Offset, long Length)> Entries, string Root)
{
    /// <summary>The bytes of a tensor.</summary>
    /// <exception cref="CheckpointException">They are missing, damaged or not contiguous.</exception>
    public TensorEntry Locate(string name, TorchTensor tensor)
    {
        CheckpointException Bad(string what) => new($"{Path}: tensor {name}: {what}.");
        var storage = tensor.Storage;
        if (!Entries.TryGetValue($"{Root}data/{storage.Key}", out var place)) throw Bad($"its storage {storage.Key} is missing");
        var elements = Count(tensor, Bad);
        var size = TensorEntry.SizeOf(storage.Type);
        var end = (tensor.Offset + elements) * size;
        if (end > place.Length) throw Bad($"it needs {end} bytes, its storage has {place.Length}; the file is truncated");
        return new TensorEntry(name, storage.Type, tensor.Size, File, place.Offset + tensor.Offset * size, (long)elements * size);
    }

    private static Int128 Count(TorchTensor tensor, Func<string, CheckpointException> bad)
    {
        if (tensor.Size.Length != tensor.Stride.Length || tensor.Size.Any(d => d < 0) || tensor.Offset < 0)
            throw bad("its size is damaged");
        Int128 elements = 1;
        for (var i = tensor.Size.Length - 1; i >= 0; i--)
        {
            if (tensor.Size[i] != 1 && tensor.Stride[i] != elements) throw bad("it is not contiguous; save it again with .contiguous()");
            elements *= tensor.Size[i];
            if (elements > long.MaxValue) throw bad("its shape overflows");
        }

        return elements;
    }
}
