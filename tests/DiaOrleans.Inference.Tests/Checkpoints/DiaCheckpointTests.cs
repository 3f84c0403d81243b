using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Checkpoints;

public sealed class DiaCheckpointTests
{
    [Theory]
    [InlineData("dia-0626-tiny", WeightLayout.HuggingFace)]
    [InlineData("dia-0626-tiny-sharded", WeightLayout.HuggingFace)]
    [InlineData("dia-0626-tiny-nari", WeightLayout.Nari)]
    [Trait("Category", "Reference")]
    public void Layouts_hold_the_same_weights(string name, WeightLayout layout)
    {
        var whole = DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        var other = DiaCheckpoint.Open(ReferenceCheckpoints.Folder(name));
        other.Layout.ShouldBe(layout);
        other.ParameterCount.ShouldBe(whole.ParameterCount);
        string[] modules =
        [
            $"encoder.layers.{whole.Config.Encoder.Layers - 1}.self_attention.o_proj",
            $"decoder.layers.{whole.Config.Decoder.Layers - 1}.mlp.gate_up_proj",
            "decoder.layers.0.cross_attention.k_proj",
            "logits_dense",
        ];
        foreach (var module in modules)
            Values(other.Linear(module)).ShouldBe(Values(whole.Linear(module)), module);
        Values(other.Vector("decoder.norm")).ShouldBe(Values(whole.Vector("decoder.norm")));
        other.AudioEmbeddings.SelectMany(Values).ShouldBe(whole.AudioEmbeddings.SelectMany(Values));
    }

    [Fact]
    [Trait("Category", "Reference")]
    public void A_config_saved_again_by_transformers_5_reads_the_same()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        var published = DiaConfig.Read(folder.Path);
        File.Copy(folder.File("config.v5.json"), folder.File("config.json"), overwrite: true);
        var again = DiaConfig.Read(folder.Path);
        (again with { DelayPattern = published.DelayPattern }).ShouldBe(published);
        again.DelayPattern.ShouldBe(published.DelayPattern);
        Change(folder.File("config.json"), json => (json["bos_token_id"], json["eos_token_id"], json["pad_token_id"]) = (null, null, null));
        DiaConfig.Read(folder.Path).Bos.ShouldBe(published.Bos);
    }

    [Fact]
    public void The_shipped_model_is_classic_under_nari_labs_names_with_its_own_codec()
    {
        var folder = ReferenceCheckpoints.Folder("dia-nano");
        var checkpoint = DiaCheckpoint.Open(folder);
        (checkpoint.Config.Profile, checkpoint.Layout).ShouldBe((DiaProfile.Classic, WeightLayout.Nari));
        checkpoint.TextEmbedding.Type.ShouldBe(ElementType.F16);
        checkpoint.Defaults.MaxTextBytes.ShouldBe(170);
        CodecLocator.Find(folder, null).ShouldBe(Path.Combine(folder, "codec"));
        CheckpointReport.Inspect(folder).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_setting_overrides_the_profile() =>
        DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-nano"), DiaProfile.Dia0626).Config.Profile.ShouldBe(DiaProfile.Dia0626);

    [Fact]
    public void A_hub_id_means_the_configured_codec_folder()
    {
        var model = ReferenceCheckpoints.Folder("dia-0626-tiny");
        var codec = ReferenceCheckpoints.Folder("dac-tiny");
        CodecLocator.Find(model, codec).ShouldBe(codec);
        Should.Throw<CheckpointException>(() => CodecLocator.Find(model, null)).Message.ShouldContain("descript/dac_44khz");
    }

    [Fact]
    public void A_codec_path_that_leaves_the_folder_is_not_followed()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("audio_tokenizer_config.json"), """{"audio_tokenizer_name_or_path":"../"}""");
        Should.Throw<CheckpointException>(() => CodecLocator.Find(folder.Path, null));
    }

    [Fact]
    public void A_missing_folder_and_missing_files_are_named()
    {
        using var folder = new TempFolder();
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.File("none"))).Message.ShouldContain("no such folder");
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message
            .ShouldBe($"{folder.File("config.json")}: the file is missing.");
        File.Copy(Path.Combine(ReferenceCheckpoints.Folder("dia-0626-tiny"), "config.json"), folder.File("config.json"));
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message.ShouldContain("no weights found");
    }

    [Theory]
    [InlineData("{}", "expected encoder_config and decoder_config (0626), or model and data (classic); found no fields.")]
    [InlineData("{}", "the schema is not known")]
    [InlineData("""{"model_type":"llama","hidden_size":8}""", "found model_type llama.")]
    [InlineData("""{"model_type":"dac","hop_length":512}""", "this is a codec, which does not speak.")]
    [InlineData("""{"model":{},"layers":3}""", "found model, layers.")]
    [InlineData("[]", "an object is expected")]
    [InlineData("{", "not valid JSON")]
    public void A_config_of_another_schema_is_refused(string config, string reason)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), config);
        Should.Throw<CheckpointException>(() => DiaConfig.Read(folder.Path)).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("decoder_config", "num_attention_heads", "\"four\"", "expected a positive integer, found \"four\"")]
    [InlineData("decoder_config", "num_key_value_heads", "3", "not a multiple")]
    [InlineData("decoder_config", "head_dim", "15", "odd")]
    [InlineData("encoder_config", "hidden_size", "-1", "encoder_config.hidden_size")]
    [InlineData("encoder_config", "num_key_value_heads", "2", "as many as num_attention_heads")]
    [InlineData("decoder_config", "num_channels", "8", "delay_pattern has 9 entries")]
    public void A_field_out_of_range_is_named(string section, string field, string value, string reason)
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        Change(folder.File("config.json"), json => json[section]![field] = JsonNode.Parse(value));
        Should.Throw<CheckpointException>(() => DiaConfig.Read(folder.Path)).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        Change(folder.File("config.json"), json => json["encoder_config"]!["intermediate_size"] = 80);
        var message = Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message;
        message.ShouldContain("model.encoder.layers.0.mlp.gate_up_proj.weight: expected [160, 48], found F32 [192, 48]");
        CheckpointReport.Inspect(folder.Path).Problems.ShouldContain(message);
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_shape()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        Change(folder.File("config.json"), json => json["decoder_config"]!["num_hidden_layers"] = 4);
        const string tensor = "tensor model.decoder.layers.3.self_attention.q_proj.weight";
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message
            .ShouldStartWith($"{folder.File("model.safetensors")}: {tensor} is missing; expected [64, 40]");
    }

    [Fact]
    public void A_tensor_that_no_shard_has_is_reported_as_missing_from_the_index()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny-sharded"));
        Change(folder.File("config.json"), json => json["decoder_config"]!["num_hidden_layers"] = 4);
        const string tensor = "tensor model.decoder.layers.3.self_attention.q_proj.weight";
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message
            .ShouldStartWith($"{folder.File("model.safetensors.index.json")}: {tensor} is missing");
    }

    [Fact]
    public void Weights_of_another_model_are_named_by_their_file()
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(ReferenceCheckpoints.Folder("dia-0626-tiny"), "config.json"), folder.File("config.json"));
        SafetensorsWriter.Write(folder.File("model.safetensors"), [("lm_head.weight", "F32", [1], new byte[4])]);
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message
            .ShouldStartWith($"{folder.File("model.safetensors")}: no Dia weights");
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny-sharded"));
        File.Delete(folder.File("model-00002-of-00002.safetensors"));
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message
            .ShouldStartWith($"{folder.File("model-00002-of-00002.safetensors")}: the shard is missing");
    }

    [Fact]
    public void A_shard_outside_the_folder_is_not_read()
    {
        using var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny-sharded"));
        Change(folder.File("model.safetensors.index.json"), json => json["weight_map"]!["logits_dense.weight"] = "../model.safetensors");
        Should.Throw<CheckpointException>(() => DiaCheckpoint.Open(folder.Path)).Message.ShouldContain("a plain file name is expected");
    }

    [Fact]
    public void A_head_size_that_onnx_runtime_cannot_serve_is_an_error_that_names_it()
    {
        using var folder = new TempFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceCheckpoints.Folder("dia-nano"), "config.json")))!;
        config["model"]!["decoder"]!["gqa_head_dim"] = 24;
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        var options = new Inference.Benchmarks.DecodeBenchmarkOptions(folder.Path, Steps: 1, RandomWeights: true);
        Should.Throw<CheckpointException>(() => Inference.Benchmarks.DecodeBenchmark.Run(options)).Message.ShouldContain("head size is 24");
    }

    private static void Change(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static float[] Values(TensorEntry tensor)
    {
        using var stream = File.OpenRead(tensor.File);
        var raw = new byte[tensor.Length];
        stream.Position = tensor.Offset;
        stream.ReadExactly(raw);
        var values = new float[tensor.Count];
        TensorData.Widen(raw, tensor.Type, values);
        return values;
    }

    /// <summary>The map's matrix as [out, in] in either storage order.</summary>
    private static float[] Values(LinearWeight weight)
    {
        var values = Values(weight.Tensor);
        if (weight.OutputMajor) return values;
        return [.. Enumerable.Range(0, values.Length).Select(i => values[i % weight.In * weight.Out + i / weight.In])];
    }
}
