namespace DiaOrleans.Inference.Graphs;

/// <summary>Cosines and sines of the rotary embedding, [positions, headDim / 2] each; half-split, spec/model.md 3.5.</summary>
internal sealed class RotaryTable
{
    private RotaryTable(string cos, string sin) => (Cos, Sin) = (cos, sin);

    public string Cos { get; }

    public string Sin { get; }

    public static RotaryTable Add(GraphBuilder graph, int positions, int headDim, double theta)
    {
        var half = headDim / 2;
        var cos = new float[positions * half];
        var sin = new float[positions * half];
        for (var i = 0; i < half; i++)
        {
            // The published code rounds the frequency and the angle to fp32; so do we, or late positions drift apart.
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
