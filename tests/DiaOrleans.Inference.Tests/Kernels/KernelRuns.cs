using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>Runs sessions of a single operator.</summary>
internal static class KernelRuns
{
    /// <summary>The elements of the output y for an input x.</summary>
    /// <param name="session">A session with these names.</param>
    /// <param name="x">Elements of x.</param>
    /// <param name="shape">Shape of x.</param>
    public static float[] Run(InferenceSession session, float[] x, long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(x, shape);
        using var options = new RunOptions();
        using var output = session.Run(options, ["x"], [input], ["y"]);
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
