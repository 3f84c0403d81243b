using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// An operator of a graph that this program computes on the host. Sessions on the CPU know those of <see cref="HostOperators"/>. Without
/// state: any number of sessions and threads compute it at once.
/// </summary>
/// <param name="name">Name of the operator in the domain <see cref="HostOperators.Domain"/>.</param>
/// <param name="inputs">Element types of its inputs.</param>
/// <param name="outputs">Element types of its outputs.</param>
internal abstract class HostOperator(string name, TensorElementType[] inputs, TensorElementType[] outputs)
{
    /// <summary>Name of the operator in the domain <see cref="HostOperators.Domain"/>.</summary>
    public string Name => name;

    /// <summary>Element types of its inputs.</summary>
    public IReadOnlyList<TensorElementType> Inputs => inputs;

    /// <summary>Element types of its outputs.</summary>
    public IReadOnlyList<TensorElementType> Outputs => outputs;

    /// <summary>Computes the outputs; an exception ends the session's run with an error.</summary>
    public abstract void Compute(in KernelContext context);
}
