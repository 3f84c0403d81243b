using System.Globalization;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>One fact of a checkpoint, for people.</summary>
public sealed record CheckpointFact(string Name, string Value);

/// <summary>What a checkpoint folder holds, and what is wrong with it. Reads headers only.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Facts">What it holds, as far as it could be read.</param>
/// <param name="Problems">Why it cannot be served; none where it can.</param>
public sealed record CheckpointReport(string Folder, IReadOnlyList<CheckpointFact> Facts, IReadOnlyList<string> Problems)
{
    /// <summary>Inspects a folder; a broken one gives problems, not an exception.</summary>
    public static CheckpointReport Inspect(string folder, string? codecFolder = null, DiaProfile? profile = null)
    {
        var facts = new List<CheckpointFact>();
        var problems = new List<string>();
        var config = Attempt(problems, () => DiaConfig.Read(folder, profile));
        if (config is not null)
        {
            AddConfig(facts, config);
            Check(problems, () => Servable.RequireHeads(folder, config));
            if (Attempt(problems, () => DiaCheckpoint.Open(folder, profile)) is { } checkpoint) AddWeights(facts, checkpoint);
        }

        if (Attempt(problems, () => DacCheckpoint.Open(CodecLocator.Find(folder, codecFolder))) is { } codec)
        {
            AddCodec(facts, codec);
            if (config is not null) Check(problems, () => Servable.RequireChannels(folder, config, codec.Folder, codec.Config));
        }

        return new CheckpointReport(folder, facts, problems);
    }

    private static T? Attempt<T>(List<string> problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CheckpointException problem)
        {
            problems.Add(problem.Message);
            return null;
        }
    }

    private static void Check(List<string> problems, Action check) => Attempt(problems, () =>
    {
        check();
        return problems;
    });

    private static void AddConfig(List<CheckpointFact> facts, DiaConfig config)
    {
        var (encoder, decoder) = (config.Encoder, config.Decoder);
        facts.Add(new("profile", config.Profile == DiaProfile.Classic ? "classic" : "0626"));
        facts.Add(new("text encoder", $"{encoder.Layers} layers, width {encoder.Hidden}, {encoder.Heads} heads of {encoder.HeadDim}, MLP {encoder.Intermediate}"));
        facts.Add(new("decoder", $"{decoder.Layers} layers, width {decoder.Hidden}, {decoder.QueryHeads} query and {decoder.KvHeads} key-value heads of {decoder.HeadDim}, MLP {decoder.Intermediate}"));
        facts.Add(new("cross-attention", $"{decoder.CrossHeads} heads of {decoder.CrossHeadDim}"));
        facts.Add(new("channels", $"{decoder.Channels}, delays {string.Join(" ", config.DelayPattern)}, vocabulary {decoder.Vocab}"));
        facts.Add(new("limits", $"{encoder.MaxPositions} text ids, {decoder.MaxPositions} rows"));
    }

    private static void AddWeights(List<CheckpointFact> facts, DiaCheckpoint checkpoint)
    {
        facts.Add(new("names", checkpoint.Layout == WeightLayout.Nari ? "nari-labs" : "transformers"));
        AddTensors(facts, "weights", checkpoint.ParameterCount, checkpoint.Tensors);
        var defaults = checkpoint.Defaults;
        facts.Add(new("defaults", string.Create(CultureInfo.InvariantCulture, $"temperature {defaults.Temperature}, top-p {defaults.TopP}, top-k {defaults.TopK}, guidance {defaults.Guidance}")));
        if (defaults.MaxTextBytes is { } bytes) facts.Add(new("speaks well", $"up to {bytes} bytes of text a call"));
    }

    private static void AddCodec(List<CheckpointFact> facts, DacCheckpoint codec)
    {
        var config = codec.Config;
        facts.Add(new("codec", string.Create(CultureInfo.InvariantCulture, $"{config.SampleRate} Hz, {(double)config.SampleRate / config.HopLength:F2} frames a second, {config.Codebooks} codebooks of {config.CodebookSize}")));
        facts.Add(new("codec ratios", $"{string.Join(" ", config.DownsamplingRatios)} down, {string.Join(" ", config.UpsamplingRatios)} up, hop {config.HopLength}"));
        AddTensors(facts, "codec weights", codec.ParameterCount, codec.Tensors);
    }

    private static void AddTensors(List<CheckpointFact> facts, string name, long count, IEnumerable<TensorEntry> tensors)
    {
        var all = tensors.ToList();
        var types = string.Join(", ", all.GroupBy(t => t.Type).Select(g => $"{g.Key} {g.Sum(t => t.Count):N0}"));
        facts.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F2} M ({types})")));
        foreach (var file in all.GroupBy(t => t.File))
            facts.Add(new($"{name} file", string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file.Key)}, {new FileInfo(file.Key).Length:N0} bytes, {file.Count()} tensors")));
    }
}
