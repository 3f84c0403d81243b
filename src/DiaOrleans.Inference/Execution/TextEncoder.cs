using System.Numerics.Tensors;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>Runs the text encoder, one text at a time, at its exact length.</summary>
internal sealed class TextEncoder : IDisposable
{
    private readonly ExecutionTarget _target;
    private readonly Device _device;
    private readonly DiaConfig _config;
    private readonly InferenceSession _session;

    /// <param name="checkpoint">The model.</param>
    /// <param name="target">Device and precision.</param>
    /// <param name="threads">Threads on the host.</param>
    public TextEncoder(DiaCheckpoint checkpoint, ExecutionTarget target, int threads)
    {
        _config = checkpoint.Config;
        _device = target.Device.On(DeviceStream.Text);
        _target = new ExecutionTarget(_device, target.Precision);
        _session = _device.CreateSession(TextEncoderGraph.Build(checkpoint, target.Precision.Activation), threads);
    }

    /// <summary>
    /// Encodes a text of at least one id; called by one thread at a time for each decoder, which need not be the decoder's. The caller
    /// disposes of the result.
    /// </summary>
    /// <exception cref="NotFiniteNumberException">The model has overflowed; quantised weights only.</exception>
    public EncodedText Encode(ReadOnlySpan<int> ids)
    {
        var wide = new long[ids.Length];
        for (var i = 0; i < ids.Length; i++) wide[i] = ids[i];
        using var input = OrtValue.CreateTensorValueFromMemory(wide, [1, wide.Length]);
        using var binding = _session.CreateIoBinding();
        using var run = _device.CreateRunOptions();
        var text = new EncodedText(_target, _config, wide.Length);
        try
        {
            binding.BindInput(TextEncoderGraph.Ids, input);
            text.BindOutputs(binding);
            _device.Run(_session, run, binding);
            RequireNumbers(text);
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Quantised products of the decoder may give numbers for NaN (<see cref="TransformerOps.LinearOrNaN"/>).</summary>
    private void RequireNumbers(EncodedText text)
    {
        // In place, since quantised weights are the host's: a copy would be a large object for each text.
        if (_target.Precision.WeightBits is null || TensorPrimitives.IsFiniteAll(text.Hidden.Value.GetTensorDataAsSpan<float>())) return;
        throw new NotFiniteNumberException("The text encoder has made numbers that are NaN or infinite.");
    }
}
