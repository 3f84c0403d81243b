using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Serving;

/// <summary>DAC on ONNX Runtime: codes to samples and back. The encoder is loaded when first asked for.</summary>
internal sealed class Codec : IDisposable
{
    private const int WindowFrames = 172;

    private static readonly string[] CodesName = [CodecDecoderGraph.Codes];
    private static readonly string[] SamplesName = [CodecDecoderGraph.Samples];
    private static readonly string[] EncoderOutputs = [CodecEncoderGraph.Codes, CodecEncoderGraph.Latent, CodecEncoderGraph.Quantised];

    private readonly InferenceSession _decoder;
    private readonly Lazy<InferenceSession> _encoder;
    private readonly int _context;

    public Codec(DacCheckpoint checkpoint, int threads)
    {
        Config = checkpoint.Config;
        Fingerprint = checkpoint.Fingerprint();
        _context = CodecWindows.Context(Config);
        _decoder = Sessions.Create(CodecDecoderGraph.Build(checkpoint), threads);
        _encoder = new Lazy<InferenceSession>(() => Sessions.Create(CodecEncoderGraph.Build(checkpoint), threads));
    }

    public DacConfig Config { get; }

    /// <summary>Names the weights.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Samples of all frames of <paramref name="codes"/> from <paramref name="start"/> on. What lies before is heard as context only: after a prompt, the first
    /// new frame continues its last one (spec/model.md 4.5).
    /// </summary>
    public float[] Decode(CodeGrid codes, int start = 0)
    {
        var samples = new float[(codes.Rows - start) * Config.HopLength];
        foreach (var window in CodecWindows.Plan(start, codes.Rows, codes.Rows, WindowFrames, _context))
        {
            using var run = new RunOptions();
            using var input = OrtValue.CreateTensorValueFromMemory(Transposed(codes, window), [codes.Channels, window.Last - window.First]);
            using var output = _decoder.Run(run, CodesName, [input], SamplesName);
            output[0].GetTensorDataAsSpan<float>()
                .Slice((window.From - window.First) * Config.HopLength, (window.To - window.From) * Config.HopLength)
                .CopyTo(samples.AsSpan((window.From - start) * Config.HopLength));
        }

        return samples;
    }

    /// <summary>New frames behind as much of their prompt as the decoder hears, and where they start in it.</summary>
    public CodeGrid Continue(CodeGrid prompt, CodeGrid codes, out int start)
    {
        start = Math.Min(_context, prompt.Rows);
        var tail = prompt.Slice(prompt.Rows - start, prompt.Rows);
        return new CodeGrid([.. tail.Cells, .. codes.Cells], codes.Channels);
    }

    /// <summary>Codes of a recording at the codec's rate, padded with zeros to whole frames.</summary>
    public CodeGrid Encode(ReadOnlySpan<float> samples) => EncodeWithLatents(samples).Codes;

    /// <summary>The same with the encoder's output and the quantised latents, both [hidden, frames].</summary>
    public (CodeGrid Codes, float[] Latent, float[] Quantised) EncodeWithLatents(ReadOnlySpan<float> samples)
    {
        var frames = (samples.Length + Config.HopLength - 1) / Config.HopLength;
        if (frames == 0) return (new CodeGrid(0, Config.Codebooks), [], []);
        var padded = new float[frames * Config.HopLength];
        samples.CopyTo(padded);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(padded, [1, 1, padded.Length]);
        using var outputs = _encoder.Value.Run(run, [CodecEncoderGraph.Samples], [input], EncoderOutputs);
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

    private static long[] Transposed(CodeGrid codes, CodecWindow window)
    {
        var frames = window.Last - window.First;
        var flat = new long[codes.Channels * frames];
        for (var frame = 0; frame < frames; frame++)
        {
            for (var q = 0; q < codes.Channels; q++) flat[q * frames + frame] = codes[window.First + frame, q];
        }

        return flat;
    }
}
