using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Quantisation;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>The text encoder and decoder of a checkpoint, loaded for a target, with the caches of their slots.</summary>
internal sealed class DiaModel : IDisposable
{
    private const long SmallModel = 100_000_000;

    private readonly Disposables _parts = new();
    private readonly InferenceSession _session;
    private readonly bool _literal;
    private readonly bool _byRow;
    private readonly bool _captured;
    private readonly int _topK;

    /// <summary>Builds the graphs and loads the weights; quantises them first if that has not been done for this checkpoint.</summary>
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
        _literal = options.Literal;
        _captured = options.CaptureSteps;
        _byRow = !_literal && (options.ByRow ?? Target.Device.CapturesSteps);
        try
        {
            var weights = Weights(options);
            TextEncoder = _parts.Add(new TextEncoder(weights, Target, Threads));
            _session = _parts.Add(CreateSession(weights));
            var textCapacity = options.TextCapacity ?? Config.Encoder.MaxPositions;
            var batches = options.SideBySide ? SlotBudget.SideBySide(Target.Device, Threads, options.Slots) : [options.Slots];
            Decoders = [.. batches.Select(slots => _parts.Add(CreateDecoder(slots, textCapacity)))];
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

    /// <summary>The decoders of all slots, on one session; each may step on a thread of its own.</summary>
    public IReadOnlyList<DecoderRunner> Decoders { get; }

    /// <summary>The first decoder.</summary>
    public DecoderRunner Decoder => Decoders[0];

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

    /// <summary>Another decoder on the same session and weights. The caller disposes of it, before this model.</summary>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="textCapacity">The most text ids of a slot.</param>
    public DecoderRunner CreateDecoder(int slots, int textCapacity)
    {
        var type = HostAttention.CacheType(Target, Config.Decoder, _byRow);
        var cache = new KvCache(Target.Device, type, Config.Decoder, slots, Config.Decoder.MaxPositions, _byRow);
        var cross = new CrossAttentionCache(Target.Device, type, Config.Decoder, slots, _literal ? 2 : 1, textCapacity);
        return new DecoderRunner(Target.Device, Config, _session, _topK, slots, cache, cross, _captured);
    }

    public void Dispose() => _parts.Dispose();

    private DiaCheckpoint Weights(DiaModelOptions options)
    {
        if (Target.Precision.WeightBits is not { } bits) return Checkpoint;
        if (options.CacheFolder is not { } folder)
            throw new ArgumentException($"Precision {Target.Precision} needs a folder for the quantised weights.", nameof(options));
        var made = false;
        var weights = new QuantisedCache(folder).Open(Checkpoint, bits, progress =>
        {
            made = true;
            options.Quantising?.Invoke(progress);
        });
        // What quantising needed is as much memory as a large part of the model.
        if (made) ProcessMemory.GiveBack();
        return weights;
    }

    private InferenceSession CreateSession(DiaCheckpoint weights)
    {
        var uncond = _literal ? null : UnconditionalConstants();
        var onHost = HostAttention.Computes(Target, Config.Decoder, _byRow);
        var narrow = HostAttention.HasNarrowCaches(Target, Config.Decoder, _byRow);
        var options = new DecoderGraphOptions(Config.Decoder.MaxPositions, _topK, uncond, _byRow, onHost, narrow);
        return Target.Device.CreateSession(DecoderGraph.Build(weights, options, Target.Precision.Activation), Threads, _captured);
    }

    private IReadOnlyList<float[]> UnconditionalConstants()
    {
        try
        {
            using var zero = TextEncoder.Encode([0]);
            return UnconditionalCross.Compute(Checkpoint, zero);
        }
        catch (NotFiniteNumberException overflow)
        {
            throw new CheckpointException($"{Checkpoint.Folder}: {overflow.Message} Fetch the checkpoint again.", overflow);
        }
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
