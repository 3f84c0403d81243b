using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>Reads weights of a checkpoint's files as fp32.</summary>
internal static class WeightReader
{
    /// <summary>All elements of a tensor.</summary>
    public static float[] Read(TensorEntry tensor)
    {
        var raw = new byte[tensor.Length];
        using var file = File.OpenHandle(tensor.File);
        for (var done = 0; done < raw.Length;)
        {
            var count = RandomAccess.Read(file, raw.AsSpan(done), tensor.Offset + done);
            if (count == 0) throw new CheckpointException($"{tensor.File}: tensor {tensor.Name} ends early; the file has changed.");
            done += count;
        }

        var values = new float[tensor.Count];
        TensorData.Widen(raw, tensor.Type, values);
        return values;
    }

    /// <summary>A linear map's weights, [out, in].</summary>
    public static float[] ReadOutputMajor(LinearWeight weight)
    {
        var values = Read(weight.Tensor);
        if (weight.OutputMajor) return values;
        var turned = new float[values.Length];
        Parallel.For(0, weight.Out, output =>
        {
            for (var input = 0; input < weight.In; input++) turned[output * weight.In + input] = values[input * weight.Out + output];
        });
        return turned;
    }
}
