namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A folder's tensors, taken by name and checked.</summary>
/// <param name="source">File that lists them: the weights, or the index of their shards.</param>
/// <param name="tensors">The tensors by name.</param>
internal sealed class TensorTable(string source, IReadOnlyDictionary<string, TensorEntry> tensors)
{
    /// <summary>A few names, for messages.</summary>
    public string Sample
    {
        get
        {
            if (tensors.Count == 0) return "none";
            var first = string.Join(", ", tensors.Keys.Order(StringComparer.Ordinal).Take(3));
            return tensors.Count > 3 ? $"{first}, ..." : first;
        }
    }

    public string Source => source;

    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>The first of these names that exists, or null.</summary>
    public TensorEntry? Find(params string[] names) => names.Select(n => tensors.GetValueOrDefault(n)).FirstOrDefault(t => t is not null);

    /// <summary>The tensor of that name, of exactly this shape, in a type that weights are read in.</summary>
    public TensorEntry Take(string name, IReadOnlyList<long> shape) => Check(Named(name, shape), shape);

    /// <summary>The tensor of bytes of that name and exactly this shape.</summary>
    public TensorEntry TakeBytes(string name, IReadOnlyList<long> shape)
    {
        var tensor = Named(name, shape);
        if (tensor.Type == ElementType.U8 && tensor.Shape.SequenceEqual(shape)) return tensor;
        var expected = string.Join(", ", shape);
        throw new CheckpointException($"{tensor.File}: tensor {tensor.Name}: expected U8 [{expected}], found {tensor.Describe}.");
    }

    /// <summary>The same tensor, if it has this shape and a type that weights are read in.</summary>
    public TensorEntry Check(TensorEntry tensor, IReadOnlyList<long> shape)
    {
        if (!tensor.Shape.SequenceEqual(shape))
        {
            var expected = string.Join(", ", shape);
            throw new CheckpointException($"{tensor.File}: tensor {tensor.Name}: expected [{expected}], found {tensor.Describe}.");
        }

        if (tensor.Type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
            throw new CheckpointException($"{tensor.File}: tensor {tensor.Name}: expected F32, F16 or BF16, found {tensor.Describe}.");
        return tensor;
    }

    private TensorEntry Named(string name, IReadOnlyList<long> shape)
    {
        if (tensors.GetValueOrDefault(name) is { } tensor) return tensor;
        var expected = string.Join(", ", shape);
        throw new CheckpointException(
            $"{source}: tensor {name} is missing; expected [{expected}]. Found {tensors.Count} tensors: {Sample}.");
    }

    public CheckpointException Missing(string name) => new($"{source}: tensor {name} is missing. Found {tensors.Count} tensors: {Sample}.");
}
