using static System.FormattableString;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>One line of a report.</summary>
public sealed record CheckpointFact(string Name, string Value);

/// <summary>The contents of a checkpoint folder and its problems. Reads headers only.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Facts">Its contents, as far as they could be read.</param>
/// <param name="Problems">Why it cannot be served; none if it can.</param>
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
        var encoder = config.Encoder;
        var decoder = config.Decoder;
        facts.Add(new("profile", config.Profile == DiaProfile.Classic ? "classic" : "0626"));
        facts.Add(new(
            "text encoder",
            $"{encoder.Layers} layers, width {encoder.Hidden}, {encoder.Heads} heads of {encoder.HeadDim}, MLP {encoder.Intermediate}"));
        var heads = $"{decoder.QueryHeads} query and {decoder.KvHeads} key-value heads of {decoder.HeadDim}";
        facts.Add(new("decoder", $"{decoder.Layers} layers, width {decoder.Hidden}, {heads}, MLP {decoder.Intermediate}"));
        facts.Add(new("cross-attention", $"{decoder.CrossHeads} heads of {decoder.CrossHeadDim}"));
        facts.Add(new("channels", $"{decoder.Channels}, delays {string.Join(" ", config.DelayPattern)}, vocabulary {decoder.Vocab}"));
        facts.Add(new("limits", $"{encoder.MaxPositions} text ids, {decoder.MaxPositions} rows"));
    }

    private static void AddWeights(List<CheckpointFact> facts, DiaCheckpoint checkpoint)
    {
        facts.Add(new("names", checkpoint.Layout == WeightLayout.Nari ? "nari-labs" : "transformers"));
        AddTensors(facts, "weights", checkpoint.ParameterCount, checkpoint.Tensors);
        var d = checkpoint.Defaults;
        facts.Add(new("defaults", Invariant($"temperature {d.Temperature}, top-p {d.TopP}, top-k {d.TopK}, guidance {d.Guidance}")));
        if (d.MaxTextBytes is { } bytes) facts.Add(new("speaks well", $"up to {bytes} bytes of text a call"));
    }

    private static void AddCodec(List<CheckpointFact> facts, DacCheckpoint codec)
    {
        var config = codec.Config;
        var frameRate = Invariant($"{(double)config.SampleRate / config.HopLength:F2}");
        var codebooks = $"{config.Codebooks} codebooks of {config.CodebookSize}";
        facts.Add(new("codec", $"{config.SampleRate} Hz, {frameRate} frames a second, {codebooks}"));
        var down = string.Join(" ", config.DownsamplingRatios);
        facts.Add(new("codec ratios", $"{down} down, {string.Join(" ", config.UpsamplingRatios)} up, hop {config.HopLength}"));
        AddTensors(facts, "codec weights", codec.ParameterCount, codec.Tensors);
    }

    private static void AddTensors(List<CheckpointFact> facts, string name, long count, IEnumerable<TensorEntry> tensors)
    {
        var all = tensors.ToList();
        var types = string.Join(", ", all.GroupBy(t => t.Type).Select(g => $"{g.Key} {g.Sum(t => t.Count):N0}"));
        facts.Add(new(name, Invariant($"{count / 1e6:F2} M ({types})")));
        foreach (var file in all.GroupBy(t => t.File))
        {
            var bytes = Invariant($"{new FileInfo(file.Key).Length:N0}");
            facts.Add(new($"{name} file", $"{Path.GetFileName(file.Key)}, {bytes} bytes, {file.Count()} tensors"));
        }
    }
}
