using System.Diagnostics;
using System.Text.Json;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// The published shapes, with weights made by the formula of the reference set. About 8 GB of memory and 7 GB of disk: run on request only.
/// </summary>
[Trait("Category", "Reference")]
public sealed class FullSizeTests : IDisposable
{
    private const int HeadDim = 128;

    private readonly string _folder = Directory.CreateTempSubdirectory("dia-full-size-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_formula_gives_the_values_of_its_self_check()
    {
        foreach (var name in (string[])["dia-full-formula", "dac-full-formula"])
        {
            var json = VectorFile.Open(name).Json;
            foreach (var check in json.GetProperty("self_check").EnumerateArray())
            {
                var tensor = check.GetProperty("name").GetString()!;
                var kindName = json.GetProperty("tensors").GetProperty(tensor).GetProperty("kind").GetString()!;
                var kind = json.GetProperty("kinds").GetProperty(kindName);
                var bits = check.GetProperty("bits").EnumerateArray().Select(b => Convert.ToUInt32(b.GetString(), 16)).ToArray();
                for (var i = 0; i < bits.Length; i++)
                {
                    var value = FormulaWeights.Value(
                        FormulaWeights.Hash(tensor),
                        i,
                        kind.GetProperty("base").GetInt32() == 1,
                        kind.GetProperty("scale").GetSingle());
                    BitConverter.SingleToUInt32Bits(value).ShouldBe(bits[i], $"{tensor}[{i}]");
                }
            }
        }
    }

    [Fact]
    public void The_full_size_model_equals_the_reference()
    {
        SkipUnlessEnabled();
        var vectors = VectorFile.Open("dia-full-formula");
        FormulaWeights.Write(vectors.Json, Path.Combine(_folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(_folder, "config.json"), DiaConfigOf(vectors.Json.GetProperty("tensors")));
        var size = new FileInfo(Path.Combine(_folder, "model.safetensors")).Length;

        using var model = new DiaModel(DiaCheckpoint.Open(_folder), new DiaModelOptions { Target = ExecutionTarget.Default, Threads = 2 });
        using (var process = Process.GetCurrentProcess())
        {
            var ratio = (double)process.PeakWorkingSet64 / size;
            TestContext.Current.TestOutputHelper?.WriteLine($"peak memory after loading: {ratio:F2} times the size of the weights");
            ratio.ShouldBeLessThan(1.3);
        }

        var ids = TextIds.Encode(vectors.Json.GetProperty("text").GetString()!);
        ids.ShouldBe(vectors.Ints("text.ids"));
        CheckEncoder(vectors, model, ids, "enc");
        CheckEncoder(vectors, model, new int[ids.Length], "uncond.enc");
        var grid = Golden.Grid(vectors, "greedy.grid");
        CheckLogits(vectors, Golden.Force(model, ids, grid), vectors.Ints("logits.rows"), "logits", model.Config.Decoder);
        var forced = Golden.Grid(vectors, "forced.grid");
        CheckLogits(vectors, Golden.Force(model, ids, forced), [forced.Rows - 1], "forced.logits", model.Config.Decoder);

        var greedy = Golden.Generate(
            model,
            vectors.Json.GetProperty("text").GetString()!,
            null,
            vectors.Json.GetProperty("greedy_rows").GetInt32(),
            vectors.Json.GetProperty("guidance_scale").GetSingle());
        for (var row = 0; row < grid.Rows; row++) greedy.Row(row).ToArray().ShouldBe(grid.Row(row).ToArray(), $"greedy row {row}");
    }

    [Fact]
    public void The_full_size_codec_equals_the_reference()
    {
        SkipUnlessEnabled();
        var vectors = VectorFile.Open("dac-full-formula");
        FormulaWeights.Write(vectors.Json, Path.Combine(_folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(_folder, "config.json"), DacConfigOf(vectors));
        using var codec = new Codec(DacCheckpoint.Open(_folder), ExecutionTarget.Default, threads: 2);
        var (codes, latent, quantised) = codec.EncodeWithLatents(vectors.Floats("wave"));
        var expected = vectors.Ints("codes");
        for (var i = 0; i < expected.Length; i++)
        {
            ((int)codes[i % codes.Rows, i / codes.Rows]).ShouldBe(expected[i], $"codebook {i / codes.Rows}, frame {i % codes.Rows}");
        }

        var channels = Range(vectors.Json, "latent_channels");
        var frames = Range(vectors.Json, "latent_frames");
        Golden.ShouldMatch(Slice(latent), vectors.Floats("latent"), Golden.HiddenTolerance, "full-size latent");
        Golden.ShouldMatch(Slice(quantised), vectors.Floats("quantised"), Golden.HiddenTolerance, "full-size quantised");

        var flat = vectors.Ints("random.codes");
        var shape = vectors.Shape("random.codes");
        var random = new CodeGrid((int)shape[1], (int)shape[0]);
        for (var i = 0; i < flat.Length; i++) random[i % random.Rows, i / random.Rows] = (short)flat[i];
        Golden.ShouldMatch(codec.Decode(random), vectors.Floats("random.decoded"), Golden.WaveTolerance, "full-size random.decoded");

        float[] Slice(float[] all) =>
            [.. all.Chunk(codes.Rows).ToArray()[channels.From..channels.To].SelectMany(c => c[frames.From..frames.To])];
    }

    private static void SkipUnlessEnabled() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("DIA_FULL_SIZE") == "1",
            "needs about 8 GB of memory and 7 GB of disk: ./test.sh --full-size runs it");

    private static void CheckEncoder(VectorFile vectors, DiaModel model, int[] ids, string name)
    {
        using var encoded = model.TextEncoder.Encode(ids);
        var hidden = encoded.Hidden.ToSingles().Chunk(model.Config.Encoder.Hidden).ToArray();
        var width = (int)vectors.Shape($"{name}.slice")[1];
        Golden.ShouldMatch(
            [.. vectors.Ints("enc.positions").SelectMany(p => hidden[p][..width])],
            vectors.Floats($"{name}.slice"),
            Golden.HiddenTolerance,
            $"full-size {name}.slice");
        Golden.ShouldMatch(
            [.. hidden.Select(h => h.Max(Math.Abs))],
            vectors.Floats($"{name}.absmax"),
            Golden.HiddenTolerance,
            $"full-size {name}.absmax");
        Golden.ShouldMatch(
            [.. hidden.Select(h => (float)h.Average(v => (double)v))],
            vectors.Floats($"{name}.mean"),
            Golden.HiddenTolerance,
            $"full-size {name}.mean");
    }

    private static void CheckLogits(
        VectorFile vectors,
        (float[] Cond, float[] Uncond) logits,
        int[] rows,
        string prefix,
        DecoderShape shape)
    {
        var rowSize = shape.Channels * shape.Vocab;
        foreach (var (name, all) in new[] { ("cond", logits.Cond), ("uncond", logits.Uncond) })
        {
            var tensor = $"{prefix}.{name}";
            var channels = rows.SelectMany(row => all[(row * rowSize)..((row + 1) * rowSize)].Chunk(shape.Vocab)).ToArray();
            var width = (int)vectors.Shape($"{tensor}.first")[2];
            var top = (int)vectors.Shape($"{tensor}.top.ids")[2];
            Golden.ShouldMatch(
                [.. channels.SelectMany(c => c[..width])],
                vectors.Floats($"{tensor}.first"),
                Golden.LogitsTolerance,
                $"full-size {tensor}.first");
            var ids = vectors.Ints($"{tensor}.top.ids").Chunk(top).ToArray();
            Golden.ShouldMatch(
                [.. channels.SelectMany((c, i) => ids[i].Select(id => c[id]))],
                vectors.Floats($"{tensor}.top.values"),
                Golden.LogitsTolerance,
                $"full-size {tensor}.top.values");
            for (var i = 0; i < channels.Length; i++)
                Enumerable.Range(0, shape.Vocab).OrderByDescending(id => channels[i][id]).Take(top).ShouldBe(ids[i], $"{tensor}, {i}");
            Golden.ShouldMatch(
                [.. channels.Select(c => (float)c.Average(v => (double)v))],
                vectors.Floats($"{tensor}.mean"),
                Golden.LogitsTolerance,
                $"full-size {tensor}.mean");
        }
    }

    private static (int From, int To) Range(JsonElement json, string name) =>
        (json.GetProperty(name)[0].GetInt32(), json.GetProperty(name)[1].GetInt32());

    private static string DiaConfigOf(JsonElement tensors)
    {
        long Dim(string name, int axis) => tensors.GetProperty(name).GetProperty("shape")[axis].GetInt64();
        bool IsNorm(string name, string stack) =>
            name.StartsWith($"model.{stack}.layers.", StringComparison.Ordinal) &&
            name.EndsWith(".pre_sa_norm.weight", StringComparison.Ordinal);
        int Layers(string stack) => tensors.EnumerateObject().Count(t => IsNorm(t.Name, stack));
        long Heads(string module) => Dim($"model.{module}.weight", 0) / HeadDim;
        var encoder = new
        {
            num_hidden_layers = Layers("encoder"),
            hidden_size = Dim("model.encoder.norm.weight", 0),
            intermediate_size = Dim("model.encoder.layers.0.mlp.down_proj.weight", 1),
            num_attention_heads = Heads("encoder.layers.0.self_attention.q_proj"),
            num_key_value_heads = Heads("encoder.layers.0.self_attention.k_proj"),
            head_dim = HeadDim,
            vocab_size = Dim("model.encoder.embedding.weight", 0),
            max_position_embeddings = 1024,
        };
        int[] delays = [0, 8, 9, 10, 11, 12, 13, 14, 15];
        var decoder = new
        {
            num_hidden_layers = Layers("decoder"),
            hidden_size = Dim("model.decoder.norm.weight", 0),
            intermediate_size = Dim("model.decoder.layers.0.mlp.down_proj.weight", 1),
            num_attention_heads = Heads("decoder.layers.0.self_attention.q_proj"),
            num_key_value_heads = Heads("decoder.layers.0.self_attention.k_proj"),
            head_dim = HeadDim,
            cross_num_attention_heads = Heads("decoder.layers.0.cross_attention.q_proj"),
            cross_num_key_value_heads = Heads("decoder.layers.0.cross_attention.k_proj"),
            cross_head_dim = HeadDim,
            cross_hidden_size = encoder.hidden_size,
            vocab_size = Dim("logits_dense.weight", 0) / delays.Length,
            num_channels = delays.Length,
            max_position_embeddings = 3072,
        };
        return JsonSerializer.Serialize(new
        {
            model_type = "dia",
            encoder_config = encoder,
            decoder_config = decoder,
            delay_pattern = delays,
            bos_token_id = 1026,
            eos_token_id = 1024,
            pad_token_id = 1025,
            norm_eps = 1e-5,
        });
    }

    private static string DacConfigOf(VectorFile vectors)
    {
        var tensors = vectors.Json.GetProperty("tensors");
        long Dim(string name, int axis) => tensors.GetProperty(name).GetProperty("shape")[axis].GetInt64();
        IEnumerable<long> Strides(string pattern) => Enumerable.Range(0, 16)
            .Select(i => string.Format(pattern, i))
            .TakeWhile(n => tensors.TryGetProperty(n, out _))
            .Select(n => Dim(n, 2) / 2);
        var down = Strides("encoder.block.{0}.conv1.weight").ToArray();
        return JsonSerializer.Serialize(new
        {
            model_type = "dac",
            encoder_hidden_size = Dim("encoder.conv1.weight", 0),
            downsampling_ratios = down,
            decoder_hidden_size = Dim("decoder.conv1.weight", 0),
            upsampling_ratios = Strides("decoder.block.{0}.conv_t1.weight"),
            hidden_size = Dim("encoder.conv2.weight", 0),
            hop_length = down.Aggregate(1L, (a, b) => a * b),
            n_codebooks = tensors.EnumerateObject().Count(t => t.Name.EndsWith("codebook.weight", StringComparison.Ordinal)),
            codebook_size = Dim("quantizer.quantizers.0.codebook.weight", 0),
            codebook_dim = Dim("quantizer.quantizers.0.codebook.weight", 1),
            sampling_rate = 44100,
        });
    }
}
