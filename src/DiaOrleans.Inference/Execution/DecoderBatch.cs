using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>The first slots of a decoder, bound to its session.</summary>
internal sealed class DecoderBatch : IDisposable
{
    private readonly SlotTensors _tensors;
    private Disposables _views = new();

    /// <param name="session">Session of a <see cref="Graphs.DecoderGraph"/>.</param>
    /// <param name="tensors">Of all slots.</param>
    /// <param name="options">Options of the batch's runs; this object disposes of them.</param>
    /// <param name="slots">Number of the first slots.</param>
    public DecoderBatch(InferenceSession session, SlotTensors tensors, RunOptions options, int slots)
    {
        _tensors = tensors;
        Slots = slots;
        Options = options;
        Binding = session.CreateIoBinding();
        Bind();
    }

    /// <summary>Number of slots.</summary>
    public int Slots { get; }

    /// <summary>The binding of the slots' tensors.</summary>
    public OrtIoBinding Binding { get; }

    /// <summary>Options of the batch's runs.</summary>
    public RunOptions Options { get; }

    /// <summary>Binds the slots' tensors, and nothing else that was bound before.</summary>
    public void Bind()
    {
        Binding.ClearBoundInputs();
        Binding.ClearBoundOutputs();
        _views.Dispose();
        _views = new Disposables();
        _views.Add(_tensors.Inputs.Bind(Binding, Slots));
        _views.Add(_tensors.Cache.Bind(Binding, first: 0, Slots));
        _views.Add(_tensors.Cross.Bind(Binding, first: 0, Slots));
        _views.Add(_tensors.Outputs.Bind(Binding, Slots));
    }

    public void Dispose()
    {
        Options.Dispose();
        Binding.Dispose();
        _views.Dispose();
    }
}

/// <summary>What a decoder's slots read and write.</summary>
/// <param name="Inputs">What the host writes for each step.</param>
/// <param name="Cache">Keys and values of the rows.</param>
/// <param name="Cross">Keys and values of the texts.</param>
/// <param name="Outputs">What the host reads after each step.</param>
internal sealed record SlotTensors(StepInputs Inputs, KvCache Cache, CrossAttentionCache Cross, StepOutputs Outputs);
