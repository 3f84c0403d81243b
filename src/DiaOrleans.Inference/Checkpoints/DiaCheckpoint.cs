namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Whose tensor names and shapes a checkpoint has; independent of the profile.</summary>
public enum WeightLayout
{
    /// <summary>transformers: linear weights [out, in].</summary>
    HuggingFace,

    /// <summary>nari-labs: kernels [in..., out...], one embedding a channel.</summary>
    Nari,
}

/// <summary>A linear map's weight.</summary>
/// <param name="Tensor">Its bytes.</param>
/// <param name="In">Inputs.</param>
/// <param name="Out">Outputs.</param>
/// <param name="OutputMajor">Stored [Out, In]; else [In, Out] once flattened.</param>
public sealed record LinearWeight(TensorEntry Tensor, int In, int Out, bool OutputMajor)
{
    /// <summary>If the weight is quantised: how codes become numbers. The tensor then holds codes.</summary>
    public QuantisedBlocks? Blocks { get; init; }
}

/// <summary>The format of a quantised weight: a code c stands for scale * (c - 2^(Bits - 1)).</summary>
/// <param name="Bits">Bits of a code, 8 or 4.</param>
/// <param name="BlockSize">Inputs that share a scale.</param>
/// <param name="Order">Order of the codes and of their scales.</param>
/// <param name="Scales">The scales.</param>
public sealed record QuantisedBlocks(int Bits, int BlockSize, BlockOrder Order, TensorEntry Scales);

/// <summary>The order of the codes of a quantised weight and of their scales in memory.</summary>
public enum BlockOrder
{
    /// <summary>Codes [outputs, blocks, block bytes] and scales [outputs, blocks], as ONNX Runtime's MatMulNBits reads them.</summary>
    Outputs,

    /// <summary>
    /// Codes [groups, blocks, block / 4, outputs of a group, 4] and scales [groups, blocks, outputs of a group], as the operator of this
    /// program reads them (QuantisedLinear).
    /// </summary>
    Groups,
}

/// <summary>
/// A Dia checkpoint folder: its configuration, and its weights by their canonical names, every shape checked against the configuration.
/// </summary>
public sealed class DiaCheckpoint
{
    private readonly Dictionary<string, LinearWeight> _linears = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> _vectors = new(StringComparer.Ordinal);

    private DiaCheckpoint(string folder, DiaConfig config, GenerationDefaults defaults, WeightLayout layout)
    {
        Folder = folder;
        Config = config;
        Defaults = defaults;
        Layout = layout;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its config.json.</summary>
    public DiaConfig Config { get; }

    /// <summary>Its generation_config.json.</summary>
    public GenerationDefaults Defaults { get; }

    /// <summary>Names and shapes of the weights.</summary>
    public WeightLayout Layout { get; }

    /// <summary>Number of weights.</summary>
    public long ParameterCount => Tensors.Sum(t => t.Count);

    /// <summary>Text embedding, [vocab, hidden].</summary>
    public TensorEntry TextEmbedding { get; private set; } = null!;

    /// <summary>Audio embeddings: one [channels * vocab, hidden], or one [vocab, hidden] a channel.</summary>
    public IReadOnlyList<TensorEntry> AudioEmbeddings { get; private set; } = [];

    /// <summary>All tensors that the model reads.</summary>
    public IEnumerable<TensorEntry> Tensors =>
        [TextEmbedding, .. AudioEmbeddings, .. _linears.Values.Select(l => l.Tensor), .. _vectors.Values];

    /// <summary>Reads config and headers of a folder; weights stay on disk.</summary>
    /// <exception cref="CheckpointException">Something is missing, damaged or of another shape than the configuration implies.</exception>
    public static DiaCheckpoint Open(string folder, DiaProfile? profile = null)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"{folder}: there is no such folder.");
        var config = DiaConfig.Read(folder, profile);
        var names = DiaTensorNames.Detect(CheckpointFiles.ReadTensors(folder));
        return Fill(new DiaCheckpoint(folder, config, GenerationDefaults.Read(folder), names.Layout), names);
    }

    /// <summary>
    /// A model of a config's shapes with made-up weights, all of them somewhere in <paramref name="scratchFile"/>, which is written; for
    /// measuring speed.
    /// </summary>
    /// <exception cref="CheckpointException">config.json is missing or damaged.</exception>
    public static DiaCheckpoint OpenShapeOnly(string folder, string scratchFile, int seed, DiaProfile? profile = null)
    {
        var config = DiaConfig.Read(folder, profile);
        var checkpoint = new DiaCheckpoint(folder, config, GenerationDefaults.Read(folder), WeightLayout.HuggingFace);
        return Fill(checkpoint, new RandomWeights(scratchFile, seed, DiaShapes.Largest(config)));
    }

    /// <summary>The same model with weights from elsewhere.</summary>
    /// <exception cref="CheckpointException">One is missing or has another shape.</exception>
    internal DiaCheckpoint WithWeights(ITensorNames names) => Fill(new DiaCheckpoint(Folder, Config, Defaults, Layout), names);

    /// <summary>
    /// The weight of a linear module, named as transformers does without <c>model.</c> and <c>.weight</c>, for example
    /// <c>decoder.layers.0.mlp.down_proj</c>.
    /// </summary>
    public LinearWeight Linear(string module) => _linears[module];

    /// <summary>The weight of a norm, named likewise.</summary>
    public TensorEntry Vector(string module) => _vectors[module];

    private static DiaCheckpoint Fill(DiaCheckpoint checkpoint, ITensorNames names)
    {
        var shapes = new DiaShapes(checkpoint.Config);
        foreach (var (module, linear) in shapes.Linears) checkpoint._linears[module] = names.Linear(module, linear);
        foreach (var (module, size) in shapes.Vectors) checkpoint._vectors[module] = names.Vector(module, size);
        checkpoint.TextEmbedding = names.TextEmbedding(checkpoint.Config.Encoder);
        checkpoint.AudioEmbeddings = names.AudioEmbeddings(checkpoint.Config.Decoder);
        return checkpoint;
    }
}
