using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>Reads weights of a checkpoint's files as fp32.</summary>
internal static class WeightReader
{
    /// <summary>A linear map's weights, [out, in].</summary>
    public static float[] ReadOutputMajor(LinearWeight weight)
    {
        var values = TensorData.Read(weight.Tensor);
        if (weight.OutputMajor) return values;
        var turned = new float[values.Length];
        Parallel.For(0, weight.Out, output =>
        {
            for (var input = 0; input < weight.In; input++) turned[output * weight.In + input] = values[input * weight.Out + output];
        });
        return turned;
    }
}
