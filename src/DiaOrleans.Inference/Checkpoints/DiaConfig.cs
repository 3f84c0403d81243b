namespace DiaOrleans.Inference.Checkpoints;

/// <summary>The two models that share the name; spec/model.md 0.</summary>
public enum DiaProfile
{
    /// <summary>nari-labs/Dia-1.6B-0626: no rotary cross-attention, cond logits are sampled.</summary>
    Dia0626,

    /// <summary>nari-labs/Dia-1.6B: rotary cross-attention, guided logits are sampled.</summary>
    Classic,
}

/// <summary>Shape of the text encoder.</summary>
public sealed record EncoderShape(int Layers, int Hidden, int Intermediate, int Heads, int HeadDim, int Vocab, int MaxPositions);

/// <summary>Shape of the decoder.</summary>
public sealed record DecoderShape(
    int Layers, int Hidden, int Intermediate, int QueryHeads, int KvHeads, int HeadDim, int CrossHeads, int CrossHeadDim, int Vocab, int Channels, int MaxPositions);

/// <summary>What config.json says of a Dia checkpoint, in either schema; spec/model.md 1.3 and 1.4.</summary>
public sealed record DiaConfig
{
    private const int LengthStep = 128;

    /// <summary>Which of the two models it is.</summary>
    public required DiaProfile Profile { get; init; }

    /// <summary>Text encoder.</summary>
    public required EncoderShape Encoder { get; init; }

    /// <summary>Decoder.</summary>
    public required DecoderShape Decoder { get; init; }

    /// <summary>Rows that each channel lags behind the first.</summary>
    public required IReadOnlyList<int> DelayPattern { get; init; }

    /// <summary>Token that begins a channel.</summary>
    public required int Bos { get; init; }

    /// <summary>Token that ends a channel; ids below it are codes.</summary>
    public required int Eos { get; init; }

    /// <summary>Token behind the end.</summary>
    public required int Pad { get; init; }

    /// <summary>Epsilon of every RMSNorm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Base of the rotary embedding.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Reads a folder's config.json.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged, or of a schema that is not known.</exception>
    public static DiaConfig Read(string folder, DiaProfile? profile = null)
    {
        var path = Path.Combine(folder, "config.json");
        using var json = JsonFile.Read(path);
        var root = JsonSection.Root(path, json);
        DiaConfig config;
        if (root.Has("encoder_config") && root.Has("decoder_config")) config = HuggingFace(root);
        else if (root.Has("model") && root.Has("data")) config = Nari(root);
        else throw UnknownSchema(path, root);
        if (profile is { } chosen) config = config with { Profile = chosen };
        config.Check(path);
        return config;
    }

    private static CheckpointException UnknownSchema(string path, JsonSection root)
    {
        var found = root.String("model_type") is { } type ? $"model_type {type}" : root.Fields is [] ? "no fields" : string.Join(", ", root.Fields.Take(5));
        return new($"{path}: the schema is not known: expected encoder_config and decoder_config (0626), or model and data (classic); found {found}.");
    }

    private static DiaConfig HuggingFace(JsonSection root)
    {
        var (encoder, decoder) = (root.Section("encoder_config"), root.Section("decoder_config"));
        if (encoder.Size("num_key_value_heads", encoder.Size("num_attention_heads")) != encoder.Size("num_attention_heads"))
            throw encoder.Bad("num_key_value_heads", "as many as num_attention_heads");
        if (decoder.Size("cross_num_key_value_heads", decoder.Size("cross_num_attention_heads")) != decoder.Size("cross_num_attention_heads"))
            throw decoder.Bad("cross_num_key_value_heads", "as many as cross_num_attention_heads");
        if (decoder.Size("cross_hidden_size", encoder.Size("hidden_size")) != encoder.Size("hidden_size"))
            throw decoder.Bad("cross_hidden_size", "the encoder's hidden_size");
        var channels = decoder.Size("num_channels");
        return new DiaConfig
        {
            Profile = DiaProfile.Dia0626,
            Encoder = new EncoderShape(
                encoder.Size("num_hidden_layers"), encoder.Size("hidden_size"), encoder.Size("intermediate_size"), encoder.Size("num_attention_heads"),
                encoder.Size("head_dim"), encoder.Size("vocab_size"), encoder.Size("max_position_embeddings")),
            Decoder = new DecoderShape(
                decoder.Size("num_hidden_layers"), decoder.Size("hidden_size"), decoder.Size("intermediate_size"), decoder.Size("num_attention_heads"),
                decoder.Size("num_key_value_heads"), decoder.Size("head_dim"), decoder.Size("cross_num_attention_heads"), decoder.Size("cross_head_dim"),
                decoder.Size("vocab_size"), channels, decoder.Size("max_position_embeddings")),
            DelayPattern = root.Integers("delay_pattern"),
            Bos = Token("bos_token_id", 1026),
            Eos = Token("eos_token_id", 1024),
            Pad = Token("pad_token_id", 1025),
            NormEpsilon = (float)root.Number("norm_eps", decoder.Number("norm_eps", 1e-5)),
            RopeTheta = Theta(decoder),
        };

        int Token(string field, int published) => root.Has(field) ? root.Integer(field) : decoder.Integer(field, published);
    }

    private static double Theta(JsonSection decoder)
    {
        if (decoder.Has("rope_scaling")) throw decoder.Bad("rope_scaling", "null");
        return decoder.Has("rope_parameters") ? decoder.Section("rope_parameters").Number("rope_theta", 10000) : decoder.Number("rope_theta", 10000);
    }

    private static DiaConfig Nari(JsonSection root)
    {
        var (data, model) = (root.Section("data"), root.Section("model"));
        var (encoder, decoder) = (model.Section("encoder"), model.Section("decoder"));
        if (model.Number("rope_min_timescale", 1) != 1) throw model.Bad("rope_min_timescale", "1");
        return new DiaConfig
        {
            Profile = DiaProfile.Classic,
            Encoder = new EncoderShape(
                encoder.Size("n_layer"), encoder.Size("n_embd"), encoder.Size("n_hidden"), encoder.Size("n_head"), encoder.Size("head_dim"),
                model.Size("src_vocab_size", 256), RoundUp(data.Size("text_length"))),
            Decoder = new DecoderShape(
                decoder.Size("n_layer"), decoder.Size("n_embd"), decoder.Size("n_hidden"), decoder.Size("gqa_query_heads"), decoder.Size("kv_heads"),
                decoder.Size("gqa_head_dim"), decoder.Size("cross_query_heads"), decoder.Size("cross_head_dim"), model.Size("tgt_vocab_size", 1028),
                data.Size("channels", 9), RoundUp(data.Size("audio_length"))),
            DelayPattern = data.Integers("delay_pattern"),
            Bos = data.Integer("audio_bos_value", 1026),
            Eos = data.Integer("audio_eos_value", 1024),
            Pad = data.Integer("audio_pad_value", 1025),
            NormEpsilon = (float)model.Number("normalization_layer_epsilon", 1e-5),
            RopeTheta = model.Number("rope_max_timescale", 10000),
        };
    }

    private static int RoundUp(int length) => (length + LengthStep - 1) / LengthStep * LengthStep;

    private void Check(string path)
    {
        Require(DelayPattern.Count == Decoder.Channels, $"delay_pattern has {DelayPattern.Count} entries, the decoder {Decoder.Channels} channels");
        Require(DelayPattern[0] == 0 && DelayPattern.All(d => d >= 0), $"delay_pattern is {string.Join(" ", DelayPattern)}; it must start with 0 and have no negative entry");
        Require(DelayPattern.Max() < Decoder.MaxPositions - 1, $"delay_pattern lags {DelayPattern.Max()} rows, the decoder has {Decoder.MaxPositions}");
        Require(Decoder.QueryHeads % Decoder.KvHeads == 0, $"{Decoder.QueryHeads} query heads are no multiple of {Decoder.KvHeads} key-value heads");
        Require(Encoder.HeadDim % 2 == 0 && Decoder.HeadDim % 2 == 0 && Decoder.CrossHeadDim % 2 == 0, "a head size is odd; the rotary embedding needs even ones");
        Require(Encoder.Vocab >= 256, $"the text vocabulary has {Encoder.Vocab} entries; bytes need 256");
        foreach (var token in (int[])[Bos, Eos, Pad]) Require(token > 0 && token < Decoder.Vocab, $"token {token} lies outside the vocabulary of {Decoder.Vocab}");
        Require(Bos > Eos && Pad > Eos, $"EOS ({Eos}) must be the first id behind the codes; PAD is {Pad}, BOS {Bos}");
        Require(NormEpsilon > 0 && RopeTheta > 1, $"norm epsilon {NormEpsilon} or rotary base {RopeTheta} is out of range");

        void Require(bool holds, string problem)
        {
            if (!holds) throw new CheckpointException($"{path}: {problem}.");
        }
    }
}
