using DiaOrleans.Inference.Execution;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>Runs sessions of a single operator.</summary>
internal static class KernelRuns
{
    /// <summary>The elements of the output y for an input x.</summary>
    /// <param name="session">A session with these names.</param>
    /// <param name="x">Elements of x.</param>
    /// <param name="shape">Shape of x.</param>
    /// <param name="others">Further inputs, int64 [1] each.</param>
    public static float[] Run(InferenceSession session, float[] x, long[] shape, params (string Name, long Value)[] others)
    {
        using var values = new Disposables();
        List<OrtValue> inputs = [values.Add(OrtValue.CreateTensorValueFromMemory(x, shape))];
        foreach (var (_, value) in others) inputs.Add(values.Add(OrtValue.CreateTensorValueFromMemory(new[] { value }, [1])));
        using var options = new RunOptions();
        using var output = session.Run(options, ["x", .. others.Select(other => other.Name)], inputs, ["y"]);
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
