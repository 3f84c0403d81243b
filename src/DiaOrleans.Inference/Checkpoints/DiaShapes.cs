namespace DiaOrleans.Inference.Checkpoints;

/// <summary>A linear map seen as kernel axes: nari-labs stores [In..., Out...], transformers [prod(Out), prod(In)].</summary>
internal sealed record LinearShape(long[] In, long[] Out)
{
    public int Inputs => (int)In.Aggregate(1L, (a, b) => a * b);

    public int Outputs => (int)Out.Aggregate(1L, (a, b) => a * b);
}

/// <summary>Widths of one attention module: of the input of its queries, of the input of its keys and values, and of its heads.</summary>
internal readonly record struct AttentionShape(int QueryWidth, int KeyWidth, int QueryHeads, int KvHeads, int HeadDim);

/// <summary>Every weight that a configuration implies; docs/model.md, Weights of Dia.</summary>
internal sealed class DiaShapes(DiaConfig config)
{
    private readonly EncoderShape _encoder = config.Encoder;
    private readonly DecoderShape _decoder = config.Decoder;

    public IEnumerable<(string Module, LinearShape Shape)> Linears => EncoderLinears().Concat(DecoderLinears());

    public IEnumerable<(string Module, int Size)> Vectors
    {
        get
        {
            for (var i = 0; i < _encoder.Layers; i++)
            {
                yield return ($"encoder.layers.{i}.pre_sa_norm", _encoder.Hidden);
                yield return ($"encoder.layers.{i}.post_sa_norm", _encoder.Hidden);
            }

            yield return ("encoder.norm", _encoder.Hidden);
            for (var i = 0; i < _decoder.Layers; i++)
            {
                yield return ($"decoder.layers.{i}.pre_sa_norm", _decoder.Hidden);
                yield return ($"decoder.layers.{i}.pre_ca_norm", _decoder.Hidden);
                yield return ($"decoder.layers.{i}.pre_mlp_norm", _decoder.Hidden);
            }

            yield return ("decoder.norm", _decoder.Hidden);
        }
    }

    /// <summary>Elements of the largest tensor.</summary>
    public static long Largest(DiaConfig config)
    {
        var shapes = new DiaShapes(config);
        var embedding = (long)config.Decoder.Channels * config.Decoder.Vocab * config.Decoder.Hidden;
        return Math.Max(embedding, shapes.Linears.Max(l => (long)l.Shape.Inputs * l.Shape.Outputs));
    }

    private IEnumerable<(string, LinearShape)> EncoderLinears()
    {
        var hidden = _encoder.Hidden;
        for (var i = 0; i < _encoder.Layers; i++)
        {
            var module = $"encoder.layers.{i}";
            var attention = new AttentionShape(hidden, hidden, _encoder.Heads, _encoder.Heads, _encoder.HeadDim);
            foreach (var l in Attention($"{module}.self_attention", attention)) yield return l;
            foreach (var l in Mlp($"{module}.mlp", _encoder.Hidden, _encoder.Intermediate)) yield return l;
        }
    }

    private IEnumerable<(string, LinearShape)> DecoderLinears()
    {
        var hidden = _decoder.Hidden;
        for (var i = 0; i < _decoder.Layers; i++)
        {
            var module = $"decoder.layers.{i}";
            var self = new AttentionShape(hidden, hidden, _decoder.QueryHeads, _decoder.KvHeads, _decoder.HeadDim);
            var cross = new AttentionShape(hidden, _encoder.Hidden, _decoder.CrossHeads, _decoder.CrossHeads, _decoder.CrossHeadDim);
            foreach (var l in Attention($"{module}.self_attention", self)) yield return l;
            foreach (var l in Attention($"{module}.cross_attention", cross)) yield return l;
            foreach (var l in Mlp($"{module}.mlp", hidden, _decoder.Intermediate)) yield return l;
        }

        yield return ("logits_dense", new LinearShape([hidden], [_decoder.Channels, _decoder.Vocab]));
    }

    private static IEnumerable<(string, LinearShape)> Attention(string module, AttentionShape shape)
    {
        yield return ($"{module}.q_proj", new LinearShape([shape.QueryWidth], [shape.QueryHeads, shape.HeadDim]));
        yield return ($"{module}.k_proj", new LinearShape([shape.KeyWidth], [shape.KvHeads, shape.HeadDim]));
        yield return ($"{module}.v_proj", new LinearShape([shape.KeyWidth], [shape.KvHeads, shape.HeadDim]));
        yield return ($"{module}.o_proj", new LinearShape([shape.QueryHeads, shape.HeadDim], [shape.QueryWidth]));
    }

    private static IEnumerable<(string, LinearShape)> Mlp(string module, int hidden, int intermediate)
    {
        yield return ($"{module}.gate_up_proj", new LinearShape([hidden], [2, intermediate]));
        yield return ($"{module}.down_proj", new LinearShape([intermediate], [hidden]));
    }
}
