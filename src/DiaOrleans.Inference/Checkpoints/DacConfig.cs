namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A codec's configuration; docs/model.md, Configuration files.</summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="HopLength">Samples of a frame.</param>
/// <param name="EncoderHidden">Channels after the encoder's first convolution.</param>
/// <param name="DownsamplingRatios">Strides of the encoder's blocks, in order.</param>
/// <param name="DecoderHidden">Channels after the decoder's first convolution.</param>
/// <param name="UpsamplingRatios">Strides of the decoder's blocks, in order.</param>
/// <param name="HiddenSize">Channels of the latents.</param>
/// <param name="Codebooks">Codebooks.</param>
/// <param name="CodebookSize">Codes of a codebook.</param>
/// <param name="CodebookDim">Width of a codebook's vectors.</param>
public sealed record DacConfig(
    int SampleRate,
    int HopLength,
    int EncoderHidden,
    IReadOnlyList<int> DownsamplingRatios,
    int DecoderHidden,
    IReadOnlyList<int> UpsamplingRatios,
    int HiddenSize,
    int Codebooks,
    int CodebookSize,
    int CodebookDim)
{
    /// <summary>model_type of a codec's config.json.</summary>
    public const string ModelType = "dac";

    private const int MaxSize = 1 << 24;

    /// <summary>Reads a folder's config.json.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged or inconsistent.</exception>
    public static DacConfig Read(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        using var json = JsonFile.Read(path);
        var root = JsonSection.Root(path, json);
        var down = root.Integers("downsampling_ratios");
        var encoderHidden = root.Size("encoder_hidden_size");
        var config = new DacConfig(
            SampleRate: root.Size("sampling_rate"),
            HopLength: root.Size("hop_length", Hop(down)),
            EncoderHidden: encoderHidden,
            DownsamplingRatios: down,
            DecoderHidden: root.Size("decoder_hidden_size"),
            UpsamplingRatios: root.Has("upsampling_ratios") ? root.Integers("upsampling_ratios") : [.. down.Reverse()],
            HiddenSize: root.Size("hidden_size", encoderHidden << down.Length),
            Codebooks: root.Size("n_codebooks"),
            CodebookSize: root.Size("codebook_size"),
            CodebookDim: root.Size("codebook_dim"));
        return config.Checked(path);
    }

    /// <summary>From the arguments in descript's own files.</summary>
    /// <exception cref="CheckpointException">One is missing, or they are inconsistent.</exception>
    internal static DacConfig FromKwargs(string path, IReadOnlyDictionary<string, object?> kwargs)
    {
        var down = List("encoder_rates");
        var encoderHidden = Integer("encoder_dim");
        var config = new DacConfig(
            SampleRate: Integer("sample_rate"),
            HopLength: Hop(down),
            EncoderHidden: encoderHidden,
            DownsamplingRatios: down,
            DecoderHidden: Integer("decoder_dim"),
            UpsamplingRatios: List("decoder_rates"),
            HiddenSize: kwargs.GetValueOrDefault("latent_dim") is long latent ? (int)latent : encoderHidden << down.Length,
            Codebooks: Integer("n_codebooks"),
            CodebookSize: Integer("codebook_size"),
            CodebookDim: Integer("codebook_dim"));
        return config.Checked(path);

        int Integer(string name)
        {
            var found = kwargs.GetValueOrDefault(name);
            if (found is long value and > 0 and <= MaxSize) return (int)value;
            throw new CheckpointException($"{path}: metadata.kwargs.{name}: expected a positive integer, found {found ?? "nothing"}.");
        }

        int[] List(string name)
        {
            if (kwargs.GetValueOrDefault(name) is IEnumerable<object?> items && items.All(i => i is long))
                return [.. items.Select(i => (int)Math.Clamp((long)i!, int.MinValue, int.MaxValue))];
            throw new CheckpointException($"{path}: metadata.kwargs.{name}: expected a list of integers.");
        }
    }

    /// <summary>The product of the ratios, kept in range; <see cref="Checked"/> reports ratios that are out of range.</summary>
    private static int Hop(int[] ratios) => (int)Math.Min(ratios.Aggregate(1L, (a, b) => a * Math.Clamp(b, 1, 1 << 20)), MaxSize);

    private DacConfig Checked(string path)
    {
        foreach (var ratio in DownsamplingRatios.Concat(UpsamplingRatios))
        {
            if (ratio is >= 2 and <= 1024 && ratio % 2 == 0) continue;
            throw new CheckpointException(
                $"{path}: ratio {ratio}: expected an even number from 2 to 1024; with odd ratios the number of samples is not exact.");
        }

        var down = DownsamplingRatios.Aggregate(1L, (a, b) => a * b);
        var up = UpsamplingRatios.Aggregate(1L, (a, b) => a * b);
        if (down != HopLength || up != HopLength)
            throw new CheckpointException($"{path}: hop_length is {HopLength}, the ratios give {down} down and {up} up; they must agree.");
        if (DecoderHidden >> UpsamplingRatios.Count << UpsamplingRatios.Count != DecoderHidden)
            throw new CheckpointException($"{path}: decoder_hidden_size {DecoderHidden} cannot be halved {UpsamplingRatios.Count} times.");
        return this;
    }
}
