namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A folder's tensors, taken by name and checked.</summary>
/// <param name="source">File that says which there are: the weights, or the index of their shards.</param>
/// <param name="tensors">The tensors by name.</param>
internal sealed class TensorTable(string source, IReadOnlyDictionary<string, TensorEntry> tensors)
{
    /// <summary>A few names, for messages.</summary>
    public string Sample => tensors.Count == 0 ? "none" : string.Join(", ", tensors.Keys.Order(StringComparer.Ordinal).Take(3)) + (tensors.Count > 3 ? ", ..." : "");

    public string Source => source;

    public bool Has(string name) => tensors.ContainsKey(name);

    public TensorEntry? Find(params string[] names) => names.Select(n => tensors.GetValueOrDefault(n)).FirstOrDefault(t => t is not null);

    /// <summary>The tensor under one of <paramref name="names"/>, of exactly this shape, in a type that weights are read in.</summary>
    public TensorEntry Take(string name, IReadOnlyList<long> shape)
    {
        var tensor = tensors.GetValueOrDefault(name) ??
            throw new CheckpointException($"{source}: tensor {name} is missing; expected [{string.Join(", ", shape)}]. Found {tensors.Count} tensors: {Sample}.");
        return Check(tensor, shape);
    }

    public TensorEntry Check(TensorEntry tensor, IReadOnlyList<long> shape)
    {
        if (!tensor.Shape.SequenceEqual(shape))
            throw new CheckpointException($"{tensor.File}: tensor {tensor.Name}: expected [{string.Join(", ", shape)}], found {tensor.Describe}.");
        if (tensor.Type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
            throw new CheckpointException($"{tensor.File}: tensor {tensor.Name}: expected F32, F16 or BF16, found {tensor.Describe}.");
        return tensor;
    }

    public CheckpointException Missing(string name) => new($"{source}: tensor {name} is missing. Found {tensors.Count} tensors: {Sample}.");
}
