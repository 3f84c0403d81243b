using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Execution;

/// <summary>A checkpoint and its codec, loaded: the sessions and what is computed once for all requests.</summary>
internal sealed class DiaModel : IDisposable
{
    private const int DefaultTextBytes = 350;
    private const long SmallModel = 100_000_000;

    private readonly DecoderGraphOptions _graph;

    private DiaModel(DiaCheckpoint checkpoint, TextEncoder textEncoder, DecoderGraphOptions graph, DecoderRunner decoder, Codec? codec)
    {
        (Checkpoint, TextEncoder, Decoder, Codec, _graph) = (checkpoint, textEncoder, decoder, codec, graph);
        Delay = new DelayPattern(checkpoint.Config.DelayPattern);
        var config = checkpoint.Config;
        Rules = new TokenRules(config.Bos, config.Eos, config.Pad, config.Eos, config.Decoder.Vocab, config.Profile == DiaProfile.Classic);
    }

    public DiaCheckpoint Checkpoint { get; }

    public DiaConfig Config => Checkpoint.Config;

    public TextEncoder TextEncoder { get; }

    public DecoderRunner Decoder { get; }

    /// <summary>Null where only the decoder was asked for.</summary>
    public Codec? Codec { get; }

    public DelayPattern Delay { get; }

    public TokenRules Rules { get; }

    /// <summary>Candidates that the graph gives for each channel.</summary>
    public int Candidates => GuidanceHead.Candidates(Config.Profile, _graph.TopK, Config.Decoder.Vocab);

    /// <summary>The most new frames after a prompt.</summary>
    public int MaxNewFrames(int promptFrames) => Delay.MaxNewFrames(promptFrames, Config.Decoder.MaxPositions);

    /// <exception cref="CheckpointException">The folder holds no checkpoint that can be served; the message says what was found.</exception>
    public static DiaModel Load(ModelOptions options)
    {
        var checkpoint = DiaCheckpoint.Open(options.Folder, options.Profile);
        var codec = DacCheckpoint.Open(CodecLocator.Find(options.Folder, options.CodecFolder));
        Servable.RequireChannels(checkpoint.Folder, checkpoint.Config, codec.Folder, codec.Config);
        return Load(checkpoint, codec, options, literal: false);
    }

    /// <summary>Loads an opened checkpoint; with <paramref name="literal"/> the unconditional row runs as published, without the collapse.</summary>
    public static DiaModel Load(DiaCheckpoint checkpoint, DacCheckpoint? codec, ModelOptions options, bool literal, int? topK = null, int? textCapacity = null)
    {
        Servable.RequireHeads(checkpoint.Folder, checkpoint.Config);
        var threads = Threads(options, checkpoint);
        using var unfinished = new Disposables();
        var textEncoder = unfinished.Add(new TextEncoder(Sessions.Create(TextEncoderGraph.Build(checkpoint), threads), checkpoint.Config.Decoder.Layers));
        IReadOnlyList<float[]>? constants = null;
        if (!literal)
        {
            using var zero = textEncoder.Encode([0]);
            constants = UnconditionalCross.Compute(checkpoint, zero);
        }

        var graph = new DecoderGraphOptions(checkpoint.Config.Decoder.MaxPositions, topK ?? checkpoint.Defaults.TopK, constants);
        var session = unfinished.Add(Sessions.Create(DecoderGraph.Build(checkpoint, graph), threads));
        int? capacity = options.Slots > 1 || literal ? textCapacity ?? checkpoint.Config.Encoder.MaxPositions : null;
        var decoder = unfinished.Add(new DecoderRunner(session, checkpoint.Config, graph, options.Slots, capacity));
        var loadedCodec = codec is null ? null : unfinished.Add(new Codec(codec, threads));
        var model = new DiaModel(checkpoint, textEncoder, graph, decoder, loadedCodec);
        unfinished.Keep();
        return model;
    }

    public ModelDescription Describe()
    {
        var defaults = Checkpoint.Defaults;
        var codec = Codec!.Config;
        return new ModelDescription
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Checkpoint.Folder)),
            Profile = Config.Profile == DiaProfile.Classic ? "classic" : "0626",
            Precision = "fp32",
            FrameRate = (double)codec.SampleRate / codec.HopLength,
            SampleRate = codec.SampleRate,
            MaxTextIds = Config.Encoder.MaxPositions,
            MaxTextBytes = defaults.MaxTextBytes ?? DefaultTextBytes,
            MaxNewFrames = MaxNewFrames(0),
            CodecFingerprint = Codec.Fingerprint,
            Sampling = new SamplingSettings(defaults.Guidance, defaults.Temperature, defaults.TopP, defaults.TopK),
        };
    }

    public void Dispose()
    {
        Codec?.Dispose();
        Decoder.Dispose();
        TextEncoder.Dispose();
    }

    /// <summary>
    /// Threads of every session. A small model's products are over before a second thread has joined in, and every step waits for the slowest: one thread is
    /// faster on the whole and steadier (bench/README.md).
    /// </summary>
    public static int Threads(ModelOptions options, DiaCheckpoint checkpoint) =>
        options.Threads > 0 ? options.Threads : checkpoint.ParameterCount < SmallModel ? 1 : Environment.ProcessorCount;
}
