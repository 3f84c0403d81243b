namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// An operator of a graph that this program computes on the host, in fp32: all inputs and its one output are tensors of floats. Sessions on
/// the CPU know those of <see cref="HostOperators"/>. Without state: any number of sessions and threads compute it at once.
/// </summary>
/// <param name="name">Name of the operator in the domain <see cref="HostOperators.Domain"/>.</param>
/// <param name="inputs">Number of its inputs.</param>
internal abstract class HostOperator(string name, int inputs)
{
    /// <summary>Name of the operator in the domain <see cref="HostOperators.Domain"/>.</summary>
    public string Name => name;

    /// <summary>Number of its inputs.</summary>
    public int Inputs => inputs;

    /// <summary>Computes the output; an exception ends the session's run with an error.</summary>
    public abstract void Compute(in KernelContext context);
}
