using System.Security.Cryptography;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A convolution's weight: fused, or as the weight-norm pair g and v.</summary>
/// <param name="Weight">Fused weight, or null.</param>
/// <param name="Gain">g, [first axis, 1, 1], if not fused.</param>
/// <param name="Direction">v, if not fused.</param>
/// <param name="Bias">Bias, one per output channel.</param>
/// <param name="Shape">Of the fused weight: [out, in, kernel], transposed convolutions [in, out, kernel].</param>
public sealed record ConvWeight(
    TensorEntry? Weight,
    TensorEntry? Gain,
    TensorEntry? Direction,
    TensorEntry Bias,
    IReadOnlyList<long> Shape);

/// <summary>
/// A DAC codec folder, in transformers' layout or descript's own; docs/model.md, Codec: weights. Weights go by transformers' names.
/// </summary>
public sealed class DacCheckpoint
{
    private readonly Dictionary<string, ConvWeight> _convolutions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> _others = new(StringComparer.Ordinal);

    private DacCheckpoint(string folder, DacConfig config)
    {
        Folder = folder;
        Config = config;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its configuration.</summary>
    public DacConfig Config { get; }

    /// <summary>Number of weights, weight-norm gains included.</summary>
    public long ParameterCount => Tensors.Sum(t => t.Count);

    /// <summary>All tensors that the codec reads.</summary>
    public IEnumerable<TensorEntry> Tensors =>
        [.. _convolutions.Values.SelectMany(c => new[] { c.Weight, c.Gain, c.Direction, c.Bias }.OfType<TensorEntry>()), .. _others.Values];

    /// <summary>Identifies the weights: SHA-256 of the weight files, the first 16 hexadecimal digits. Reads the files.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Tensors.Select(t => t.File).Distinct().Order(StringComparer.Ordinal))
        {
            using var content = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Reads configuration and headers of a folder; weights stay on disk.</summary>
    /// <exception cref="CheckpointException">Something is missing, damaged or of another shape than the configuration implies.</exception>
    public static DacCheckpoint Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"{folder}: there is no such codec folder.");
        var checkpoint = new DacCheckpoint(folder, ReadConfig(folder));
        checkpoint.Fill(new DacTensorNames(CheckpointFiles.ReadTensors(folder), checkpoint.Config));
        return checkpoint;
    }

    /// <summary>A convolution by transformers' name, for example <c>decoder.block.0.conv_t1</c>.</summary>
    public ConvWeight Conv(string name) => _convolutions[name];

    /// <summary>A Snake's α, [1, channels, 1].</summary>
    public TensorEntry Alpha(string name) => _others[name];

    /// <summary>A codebook, [codebookSize, codebookDim].</summary>
    public TensorEntry Codebook(int index) => _others[$"quantizer.quantizers.{index}.codebook"];

    private static DacConfig ReadConfig(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json"))) return DacConfig.Read(folder);
        if (CheckpointFiles.OnlyFile(folder, "*.pth") is not { } torch)
        {
            var config = Path.Combine(folder, "config.json");
            throw new CheckpointException($"{config}: the file is missing, and no .pth file has the codec's configuration.");
        }

        return DacConfig.FromKwargs(torch, TorchFile.Read(torch).Metadata);
    }

    private void Fill(DacTensorNames names)
    {
        foreach (var (name, shape, transposed) in DacShapes.Convolutions(Config)) _convolutions[name] = names.Conv(name, shape, transposed);
        foreach (var (name, channels) in DacShapes.Alphas(Config)) _others[name] = names.Alpha(name, channels);
        for (var q = 0; q < Config.Codebooks; q++) _others[$"quantizer.quantizers.{q}.codebook"] = names.Codebook(q);
    }
}
