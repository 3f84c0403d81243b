using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>DAC: codes to samples and back. The encoder is loaded at its first use. Thread-safe.</summary>
internal sealed class Codec : IDisposable
{
    private static readonly string[] SamplesName = [CodecDecoderGraph.Samples];
    private static readonly string[] EncoderOutputs = [CodecEncoderGraph.Codes, CodecEncoderGraph.Latent, CodecEncoderGraph.Quantised];

    // Bounds the memory of the windows in progress.
    private const int MaxLanes = 8;

    private readonly Device _decoding;
    private readonly Device _encoding;
    private readonly InferenceSession _decoder;
    private readonly Lazy<InferenceSession> _encoder;
    private readonly string[] _inputs;

    /// <param name="checkpoint">The codec.</param>
    /// <param name="target">Device, and the precision of the codec's decoder.</param>
    /// <param name="threads">Threads on the host.</param>
    public Codec(DacCheckpoint checkpoint, ExecutionTarget target, int threads)
    {
        Config = checkpoint.Config;
        Fingerprint = checkpoint.Fingerprint();
        Context = CodecWindows.Context(Config);
        LongestWindow = CodecWindows.Longest(Config);
        Lanes = target.Device == Device.Cpu && threads == 1 ? Math.Min(Environment.ProcessorCount, MaxLanes) : 1;
        BatchSize = target.Device.MostWindows;
        _decoding = target.Device.On(DeviceStream.Codec);
        _encoding = target.Device.On(DeviceStream.Recordings);
        _decoder = _decoding.CreateSession(
            CodecDecoderGraph.Build(checkpoint, target.Precision.Activation, Operators(target.Device)),
            threads);
        var parts = Enumerable.Range(0, Config.UpsamplingRatios.Count + 1);
        _inputs = [CodecDecoderGraph.Codes, .. parts.SelectMany(CodecDecoderGraph.Part)];
        _encoder = new Lazy<InferenceSession>(() => _encoding.CreateSession(CodecEncoderGraph.Build(checkpoint), threads));
    }

    /// <summary>Its configuration.</summary>
    public DacConfig Config { get; }

    /// <summary>Identifies the weights.</summary>
    public string Fingerprint { get; }

    /// <summary>Frames to each side that a frame's samples depend on.</summary>
    public int Context { get; }

    /// <summary>The most frames of a window.</summary>
    public int LongestWindow { get; }

    /// <summary>
    /// Threads that decode windows side by side: the cores of a host whose sessions use one thread. A session with more threads uses them
    /// within a window, and a GPU has one stream.
    /// </summary>
    public int Lanes { get; }

    /// <summary>The most windows that are worth decoding at once.</summary>
    public int BatchSize { get; }

    /// <summary>
    /// Samples of all frames of <paramref name="codes"/> from <paramref name="start"/> on, mono, -1 to 1. The frames before are context
    /// only: after a prompt, the first new frame continues its last one (docs/model.md, Codes to audio).
    /// </summary>
    public float[] Decode(CodeGrid codes, int start = 0)
    {
        var samples = new float[(codes.Rows - start) * Config.HopLength];
        var plan = new WindowPlan(start, Context, LongestWindow);
        while (plan.TryNext(codes.Rows, ended: true, out var window))
        {
            var wanted = new SampleRange(window.Kept.From * Config.HopLength, window.Kept.To * Config.HopLength);
            DecodeWindows([new WindowCodes(codes.Slice(window.First, window.Last), window.Kept, wanted)])[0]
                .CopyTo(samples, (window.From - start) * Config.HopLength);
        }

        return samples;
    }

    /// <summary>
    /// The wanted samples of each of some windows of equal shape, decoded at once. On the CPU they do not depend on the other windows.
    /// </summary>
    public float[][] DecodeWindows(IReadOnlyList<WindowCodes> windows)
    {
        var shape = windows[0].Shape;
        if (shape.Frames == 0) return [.. windows.Select(_ => Array.Empty<float>())];
        _decoding.Enter();
        using var run = _decoding.CreateRunOptions();
        using var values = new Disposables();
        List<OrtValue> inputs = [values.Add(Tensor(Packed(windows), Config.Codebooks, windows.Count, shape.Frames))];
        foreach (var part in CodecWindows.Parts(Config, shape.Frames, shape.Kept))
        {
            inputs.Add(values.Add(Tensor([part.Start], 1)));
            inputs.Add(values.Add(Tensor([part.End], 1)));
        }

        using var output = _decoder.Run(run, _inputs, inputs, SamplesName);
        var samples = output[0].GetTensorDataAsSpan<float>();
        var clips = new float[windows.Count][];
        for (var i = 0; i < clips.Length; i++)
        {
            var wanted = windows[i].Wanted;
            var start = i * (samples.Length / clips.Length) + wanted.Start - shape.Kept.From * Config.HopLength;
            clips[i] = samples.Slice(start, wanted.End - wanted.Start).ToArray();
        }

        return clips;
    }

    /// <summary>Codes of a recording at the codec's rate, mono, -1 to 1, padded with zeros to whole frames.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> is cancelled.</exception>
    public CodeGrid Encode(ReadOnlySpan<float> samples, CancellationToken stop = default) => EncodeWithLatents(samples, stop).Codes;

    /// <summary>The same with the encoder's output and the quantised latents, both [hidden, frames].</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> is cancelled.</exception>
    public (CodeGrid Codes, float[] Latent, float[] Quantised) EncodeWithLatents(
        ReadOnlySpan<float> samples,
        CancellationToken stop = default)
    {
        var frames = (samples.Length + Config.HopLength - 1) / Config.HopLength;
        if (frames == 0) return (new CodeGrid(0, Config.Codebooks), [], []);
        var padded = new float[frames * Config.HopLength];
        samples.CopyTo(padded);
        using var run = _encoding.CreateRunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(padded, [1, 1, padded.Length]);
        using var outputs = RunEncoder(run, input, stop);
        var codes = new CodeGrid(frames, Config.Codebooks);
        var flat = outputs[0].GetTensorDataAsSpan<long>();
        for (var q = 0; q < Config.Codebooks; q++)
        {
            for (var frame = 0; frame < frames; frame++) codes[frame, q] = (short)flat[q * frames + frame];
        }

        return (codes, outputs[1].GetTensorDataAsSpan<float>().ToArray(), outputs[2].GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose()
    {
        _decoder.Dispose();
        if (_encoder.IsValueCreated) _encoder.Value.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> RunEncoder(RunOptions run, OrtValue input, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var encoder = _encoder.Value;
        _encoding.Enter();
        using var terminating = stop.Register(() => run.Terminate = true);
        try
        {
            return encoder.Run(run, [CodecEncoderGraph.Samples], [input], EncoderOutputs);
        }
        catch (OnnxRuntimeException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    private static CodecOperators Operators(Device device)
    {
        if (!device.HasHostOperators) return CodecOperators.Standard;
        return Convolution.IsSupported ? CodecOperators.Fused : CodecOperators.Snake;
    }

    private static OrtValue Tensor(long[] values, params long[] dims) => OrtValue.CreateTensorValueFromMemory(values, dims);

    /// <summary>[codebooks, windows, frames].</summary>
    private long[] Packed(IReadOnlyList<WindowCodes> windows)
    {
        var shape = windows[0].Shape;
        var frames = shape.Frames;
        var flat = new long[Config.Codebooks * windows.Count * frames];
        for (var window = 0; window < windows.Count; window++)
        {
            var codes = windows[window].Codes;
            ArgumentOutOfRangeException.ThrowIfNotEqual(windows[window].Shape, shape, nameof(windows));
            for (var q = 0; q < Config.Codebooks; q++)
            {
                var start = (q * windows.Count + window) * frames;
                for (var frame = 0; frame < frames; frame++) flat[start + frame] = codes[frame, q];
            }
        }

        return flat;
    }
}
