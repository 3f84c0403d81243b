namespace DiaOrleans.Inference.Checkpoints;

/// <summary>What a codec's config.json says; spec/model.md 1.6.</summary>
public sealed record DacConfig(
    int SampleRate, int HopLength, int EncoderHidden, IReadOnlyList<int> DownsamplingRatios, int DecoderHidden, IReadOnlyList<int> UpsamplingRatios,
    int HiddenSize, int Codebooks, int CodebookSize, int CodebookDim)
{
    /// <summary>Reads a folder's config.json.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged or inconsistent.</exception>
    public static DacConfig Read(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        using var json = JsonFile.Read(path);
        var root = JsonSection.Root(path, json);
        var down = root.Integers("downsampling_ratios");
        var hop = down.Aggregate(1L, (a, b) => a * Math.Clamp(b, 1, 1 << 20));
        var config = new DacConfig(
            root.Size("sampling_rate"), root.Size("hop_length", (int)Math.Min(hop, 1 << 24)), root.Size("encoder_hidden_size"), down, root.Size("decoder_hidden_size"),
            root.Has("upsampling_ratios") ? root.Integers("upsampling_ratios") : [.. down.Reverse()],
            root.Size("hidden_size", root.Size("encoder_hidden_size") << down.Length), root.Size("n_codebooks"), root.Size("codebook_size"), root.Size("codebook_dim"));
        return config.Checked(path);
    }

    /// <summary>From the arguments that descript's own files carry.</summary>
    internal static DacConfig FromKwargs(string path, IReadOnlyDictionary<string, object?> kwargs)
    {
        var down = List("encoder_rates");
        var config = new DacConfig(
            Integer("sample_rate"), (int)Math.Min(down.Aggregate(1L, (a, b) => a * Math.Clamp(b, 1, 1 << 20)), 1 << 24), Integer("encoder_dim"), down, Integer("decoder_dim"), List("decoder_rates"),
            kwargs.GetValueOrDefault("latent_dim") is long latent ? (int)latent : Integer("encoder_dim") << down.Length,
            Integer("n_codebooks"), Integer("codebook_size"), Integer("codebook_dim"));
        return config.Checked(path);

        int Integer(string name) => kwargs.GetValueOrDefault(name) is long value and > 0 and <= 1 << 24
            ? (int)value
            : throw new CheckpointException($"{path}: metadata.kwargs.{name}: expected a positive integer, found {kwargs.GetValueOrDefault(name) ?? "nothing"}.");
        int[] List(string name) => kwargs.GetValueOrDefault(name) is IEnumerable<object?> items && items.All(i => i is long)
            ? [.. items.Select(i => (int)Math.Clamp((long)i!, int.MinValue, int.MaxValue))]
            : throw new CheckpointException($"{path}: metadata.kwargs.{name}: expected a list of integers.");
    }

    private DacConfig Checked(string path)
    {
        foreach (var ratio in DownsamplingRatios.Concat(UpsamplingRatios))
        {
            if (ratio is < 2 or > 1024 || ratio % 2 != 0) throw new CheckpointException($"{path}: ratio {ratio}: expected an even number of 2 or more; with odd ones lengths are not exact.");
        }

        var (down, up) = (DownsamplingRatios.Aggregate(1L, (a, b) => a * b), UpsamplingRatios.Aggregate(1L, (a, b) => a * b));
        if (down != HopLength || up != HopLength) throw new CheckpointException($"{path}: hop_length is {HopLength}, the ratios give {down} down and {up} up; they must agree.");
        if (DecoderHidden >> UpsamplingRatios.Count << UpsamplingRatios.Count != DecoderHidden)
            throw new CheckpointException($"{path}: decoder_hidden_size {DecoderHidden} cannot be halved {UpsamplingRatios.Count} times.");
        return this;
    }
}
