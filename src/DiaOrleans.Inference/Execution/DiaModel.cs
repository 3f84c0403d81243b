using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Execution;

/// <summary>The text encoder and decoder of a checkpoint, loaded for a target, with the caches of their slots.</summary>
internal sealed class DiaModel : IDisposable
{
    private const long SmallModel = 100_000_000;

    private readonly Disposables _parts = new();
    private readonly int _topK;

    /// <summary>Builds the graphs and loads the weights.</summary>
    /// <exception cref="CheckpointException">The checkpoint cannot be served; the message says what was found.</exception>
    public DiaModel(DiaCheckpoint checkpoint, DiaModelOptions options)
    {
        Servable.RequireHeads(checkpoint.Folder, checkpoint.Config);
        Checkpoint = checkpoint;
        Target = options.Target;
        Threads = ThreadsFor(checkpoint, options.Threads);
        Delay = new DelayPattern(Config.DelayPattern);
        Rules = new TokenRules(Config.Bos, Config.Eos, Config.Pad, Config.Eos, Config.Decoder.Vocab, Config.Profile == DiaProfile.Classic);
        var defaults = checkpoint.Defaults;
        Sampling = new SamplingSettings(defaults.Guidance, defaults.Temperature, defaults.TopP, defaults.TopK);
        _topK = options.TopK ?? defaults.TopK;
        try
        {
            TextEncoder = _parts.Add(new TextEncoder(checkpoint, Target, Threads));
            Decoder = CreateDecoder(options);
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>The checkpoint.</summary>
    public DiaCheckpoint Checkpoint { get; }

    /// <summary>Its configuration.</summary>
    public DiaConfig Config => Checkpoint.Config;

    /// <summary>Device and precision.</summary>
    public ExecutionTarget Target { get; }

    /// <summary>Threads of every session on the host.</summary>
    public int Threads { get; }

    /// <summary>Text to the decoder's cross-attention.</summary>
    public TextEncoder TextEncoder { get; }

    /// <summary>The decoder of all slots.</summary>
    public DecoderRunner Decoder { get; }

    /// <summary>The model's delays.</summary>
    public DelayPattern Delay { get; }

    /// <summary>The model's tokens.</summary>
    public TokenRules Rules { get; }

    /// <summary>The checkpoint's own sampling defaults.</summary>
    public SamplingSettings Sampling { get; }

    /// <summary>Candidates that the graph gives for each channel.</summary>
    public int Candidates => GuidanceHead.Candidates(Config.Profile, _topK, Config.Decoder.Vocab);

    /// <summary>The most new frames after a prompt.</summary>
    public int MaxNewFrames(int promptFrames) => Delay.MaxNewFrames(promptFrames, Config.Decoder.MaxPositions);

    public void Dispose() => _parts.Dispose();

    private DecoderRunner CreateDecoder(DiaModelOptions options)
    {
        var shape = Config.Decoder;
        var graph = new DecoderGraphOptions(shape.MaxPositions, _topK, options.Literal ? null : UnconditionalConstants());
        var session = _parts.Add(Target.Device.CreateSession(DecoderGraph.Build(Checkpoint, graph, Target.Precision.Activation), Threads));
        var cache = _parts.Add(new KvCache(Target, shape, options.Slots, graph.Capacity));
        int? textCapacity = options.Slots > 1 || options.Literal ? options.TextCapacity ?? Config.Encoder.MaxPositions : null;
        var cross = _parts.Add(new CrossAttentionCache(Target, shape, options.Slots, options.Literal ? 2 : 1, textCapacity));
        return _parts.Add(new DecoderRunner(Target.Device, Config, session, _topK, options.Slots, cache, cross));
    }

    private IReadOnlyList<float[]> UnconditionalConstants()
    {
        using var zero = TextEncoder.Encode([0]);
        return UnconditionalCross.Compute(Checkpoint, zero);
    }

    /// <summary>
    /// With two threads, every product of a small model waits for the slower one and costs more than the second thread saves
    /// (bench/README.md).
    /// </summary>
    private static int ThreadsFor(DiaCheckpoint checkpoint, int wanted)
    {
        if (wanted > 0) return wanted;
        return checkpoint.ParameterCount < SmallModel ? 1 : Environment.ProcessorCount;
    }
}
