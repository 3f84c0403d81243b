namespace DiaOrleans.Inference.Checkpoints;

/// <summary>The config.json of a Dia checkpoint, in either schema; docs/model.md, Configuration files.</summary>
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

    /// <summary>Token after the end of a channel.</summary>
    public required int Pad { get; init; }

    /// <summary>Epsilon of every RMSNorm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Base of the rotary embedding.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Reads a folder's config.json.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged, or of an unknown schema.</exception>
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
        if (root.String("model_type") == DacConfig.ModelType)
            return new($"{path}: this is a codec, which does not speak. Name a checkpoint of Dia, and the codec's folder with --codec.");
        const string expected = "encoder_config and decoder_config (0626), or model and data (classic)";
        return new($"{path}: the schema is not known: expected {expected}; found {Summary(root)}.");
    }

    private static string Summary(JsonSection root)
    {
        if (root.String("model_type") is { } type) return $"model_type {type}";
        return root.Fields is [] ? "no fields" : string.Join(", ", root.Fields.Take(5));
    }

    private static DiaConfig HuggingFace(JsonSection root)
    {
        var encoder = root.Section("encoder_config");
        var decoder = root.Section("decoder_config");
        var heads = encoder.Size("num_attention_heads");
        var crossHeads = decoder.Size("cross_num_attention_heads");
        RequireEqual(encoder, "num_key_value_heads", heads, "as many as num_attention_heads");
        RequireEqual(decoder, "cross_num_key_value_heads", crossHeads, "as many as cross_num_attention_heads");
        RequireEqual(decoder, "cross_hidden_size", encoder.Size("hidden_size"), "the encoder's hidden_size");
        return new DiaConfig
        {
            Profile = DiaProfile.Dia0626,
            Encoder = new EncoderShape(
                Layers: encoder.Size("num_hidden_layers"),
                Hidden: encoder.Size("hidden_size"),
                Intermediate: encoder.Size("intermediate_size"),
                Heads: heads,
                HeadDim: encoder.Size("head_dim"),
                Vocab: encoder.Size("vocab_size"),
                MaxPositions: encoder.Size("max_position_embeddings")),
            Decoder = new DecoderShape(
                Layers: decoder.Size("num_hidden_layers"),
                Hidden: decoder.Size("hidden_size"),
                Intermediate: decoder.Size("intermediate_size"),
                QueryHeads: decoder.Size("num_attention_heads"),
                KvHeads: decoder.Size("num_key_value_heads"),
                HeadDim: decoder.Size("head_dim"),
                CrossHeads: crossHeads,
                CrossHeadDim: decoder.Size("cross_head_dim"),
                Vocab: decoder.Size("vocab_size"),
                Channels: decoder.Size("num_channels"),
                MaxPositions: decoder.Size("max_position_embeddings")),
            DelayPattern = root.Integers("delay_pattern"),
            Bos = Token("bos_token_id", 1026),
            Eos = Token("eos_token_id", 1024),
            Pad = Token("pad_token_id", 1025),
            NormEpsilon = (float)root.Number("norm_eps", decoder.Number("norm_eps", 1e-5)),
            RopeTheta = Theta(decoder),
        };

        int Token(string field, int published) => root.Has(field) ? root.Integer(field) : decoder.Integer(field, published);
    }

    /// <summary>A field that may be absent must otherwise have one value.</summary>
    private static void RequireEqual(JsonSection section, string field, int value, string expected)
    {
        if (section.Size(field, value) != value) throw section.Bad(field, expected);
    }

    private static double Theta(JsonSection decoder)
    {
        if (decoder.Has("rope_scaling")) throw decoder.Bad("rope_scaling", "null");
        var section = decoder.Has("rope_parameters") ? decoder.Section("rope_parameters") : decoder;
        return section.Number("rope_theta", 10000);
    }

    private static DiaConfig Nari(JsonSection root)
    {
        var data = root.Section("data");
        var model = root.Section("model");
        var encoder = model.Section("encoder");
        var decoder = model.Section("decoder");
        if (model.Number("rope_min_timescale", 1) != 1) throw model.Bad("rope_min_timescale", "1");
        return new DiaConfig
        {
            Profile = DiaProfile.Classic,
            Encoder = new EncoderShape(
                Layers: encoder.Size("n_layer"),
                Hidden: encoder.Size("n_embd"),
                Intermediate: encoder.Size("n_hidden"),
                Heads: encoder.Size("n_head"),
                HeadDim: encoder.Size("head_dim"),
                Vocab: model.Size("src_vocab_size", 256),
                MaxPositions: RoundUp(data.Size("text_length"))),
            Decoder = new DecoderShape(
                Layers: decoder.Size("n_layer"),
                Hidden: decoder.Size("n_embd"),
                Intermediate: decoder.Size("n_hidden"),
                QueryHeads: decoder.Size("gqa_query_heads"),
                KvHeads: decoder.Size("kv_heads"),
                HeadDim: decoder.Size("gqa_head_dim"),
                CrossHeads: decoder.Size("cross_query_heads"),
                CrossHeadDim: decoder.Size("cross_head_dim"),
                Vocab: model.Size("tgt_vocab_size", 1028),
                Channels: data.Size("channels", 9),
                MaxPositions: RoundUp(data.Size("audio_length"))),
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
        var delays = string.Join(" ", DelayPattern);
        var rows = Decoder.MaxPositions;
        Require(
            DelayPattern.Count == Decoder.Channels,
            $"delay_pattern has {DelayPattern.Count} entries, the decoder {Decoder.Channels} channels");
        Require(
            DelayPattern[0] == 0 && DelayPattern.All(d => d >= 0),
            $"delay_pattern is {delays}; it must start with 0 and have no negative entry");
        Require(DelayPattern.Max() < rows - 1, $"delay_pattern delays by {DelayPattern.Max()} rows, the decoder has {rows}");
        Require(
            Decoder.QueryHeads % Decoder.KvHeads == 0,
            $"{Decoder.QueryHeads} query heads are not a multiple of {Decoder.KvHeads} key-value heads");
        Require(
            Encoder.HeadDim % 2 == 0 && Decoder.HeadDim % 2 == 0 && Decoder.CrossHeadDim % 2 == 0,
            "a head size is odd; the rotary embedding needs even ones");
        Require(Encoder.Vocab >= 256, $"the text vocabulary has {Encoder.Vocab} entries; bytes need 256");
        foreach (var token in (int[])[Bos, Eos, Pad])
            Require(token > 0 && token < Decoder.Vocab, $"token {token} lies outside the vocabulary of {Decoder.Vocab}");
        Require(Bos > Eos && Pad > Eos, $"EOS ({Eos}) must be the first id after the codes; PAD is {Pad}, BOS {Bos}");
        Require(NormEpsilon > 0 && RopeTheta > 1, $"norm epsilon {NormEpsilon} or rotary base {RopeTheta} is out of range");

        void Require(bool holds, string problem)
        {
            if (!holds) throw new CheckpointException($"{path}: {problem}.");
        }
    }
}
