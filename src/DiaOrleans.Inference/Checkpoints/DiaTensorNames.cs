namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Finds weights by their canonical names in a checkpoint of some layout.</summary>
internal interface ITensorNames
{
    LinearWeight Linear(string module, LinearShape shape);

    TensorEntry Vector(string module, int size);

    TensorEntry TextEmbedding(EncoderShape shape);

    IReadOnlyList<TensorEntry> AudioEmbeddings(DecoderShape shape);
}

/// <summary>The names of transformers and of nari-labs; docs/model.md, Weights of Dia.</summary>
internal sealed class DiaTensorNames : ITensorNames
{
    private readonly TensorTable _table;
    private readonly string _prefix;

    private DiaTensorNames(TensorTable table, WeightLayout layout, string prefix)
    {
        _table = table;
        Layout = layout;
        _prefix = prefix;
    }

    public WeightLayout Layout { get; }

    public static DiaTensorNames Detect(TensorTable table)
    {
        if (table.Has("model.encoder.embedding.weight")) return new DiaTensorNames(table, WeightLayout.HuggingFace, "model.");
        if (table.Has("encoder.layers.0.mlp.wi_fused.weight")) return new DiaTensorNames(table, WeightLayout.Nari, "");
        if (table.Has("encoder.layers.0.mlp.gate_up_proj.weight")) return new DiaTensorNames(table, WeightLayout.HuggingFace, "");
        throw new CheckpointException(
            $"{table.Source}: no Dia weights: expected model.encoder.embedding.weight (transformers) or " +
            $"encoder.layers.0.mlp.wi_fused.weight (nari-labs), found {table.Sample}.");
    }

    public LinearWeight Linear(string module, LinearShape shape)
    {
        var nari = Layout == WeightLayout.Nari;
        var tensor = nari
            ? _table.Take(NariName(module), [.. shape.In, .. shape.Out])
            : _table.Take(HuggingFaceName(module), [shape.Outputs, shape.Inputs]);
        return new LinearWeight(tensor, shape.Inputs, shape.Outputs, OutputMajor: !nari);
    }

    public TensorEntry Vector(string module, int size) => _table.Take($"{_prefix}{module}.weight", [size]);

    public TensorEntry TextEmbedding(EncoderShape shape) => _table.Take($"{_prefix}encoder.embedding.weight", [shape.Vocab, shape.Hidden]);

    public IReadOnlyList<TensorEntry> AudioEmbeddings(DecoderShape shape) => Layout == WeightLayout.Nari
        ? [.. Enumerable.Range(0, shape.Channels).Select(c => _table.Take($"decoder.embeddings.{c}.weight", [shape.Vocab, shape.Hidden]))]
        : [_table.Take($"{_prefix}decoder.embeddings.embed.weight", [(long)shape.Channels * shape.Vocab, shape.Hidden])];

    private string HuggingFaceName(string module) => module == "logits_dense" ? "logits_dense.weight" : $"{_prefix}{module}.weight";

    private static string NariName(string module)
    {
        if (module == "logits_dense") return "decoder.logits_dense.weight";
        return module.Replace("mlp.gate_up_proj", "mlp.wi_fused").Replace("mlp.down_proj", "mlp.wo") + ".weight";
    }
}
