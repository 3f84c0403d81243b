namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Cosines and sines of the rotary embedding, [positions, headDim / 2] each; half-split, docs/model.md, Rotary embedding.
/// </summary>
internal sealed class RotaryTable
{
    private RotaryTable(string cos, string sin)
    {
        Cos = cos;
        Sin = sin;
    }

    /// <summary>Name of the cosines.</summary>
    public string Cos { get; }

    /// <summary>Name of the sines.</summary>
    public string Sin { get; }

    /// <summary>Adds a table of the activation type for positions 0 to <paramref name="positions"/> - 1.</summary>
    public static RotaryTable Add(GraphBuilder graph, int positions, int headDim, double theta)
    {
        var half = headDim / 2;
        var cos = new float[positions * half];
        var sin = new float[positions * half];
        for (var i = 0; i < half; i++)
        {
            // The published code rounds the frequency and the angle to fp32; without it late positions differ.
            var frequency = 1f / (float)Math.Pow(theta, 2.0 * i / headDim);
            for (var position = 0; position < positions; position++)
            {
                var angle = position * frequency;
                cos[position * half + i] = (float)Math.Cos(angle);
                sin[position * half + i] = (float)Math.Sin(angle);
            }
        }

        return new RotaryTable(graph.Constant(cos, positions, half), graph.Constant(sin, positions, half));
    }
}
