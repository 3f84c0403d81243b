using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Checkpoints;

/// <summary>The report lists every problem that prevents the server from loading the checkpoint.</summary>
public sealed class CheckpointReportTests
{
    [Fact]
    public void A_head_size_that_onnx_runtime_cannot_serve_is_a_problem()
    {
        using var folder = new TempFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceCheckpoints.Folder("dia-nano"), "config.json")))!;
        config["model"]!["decoder"]!["gqa_head_dim"] = 24;
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        CheckpointReport.Inspect(folder.Path).Problems[0].ShouldBe(
            $"{folder.Path}: the decoder's head size is 24; ONNX Runtime's GroupQueryAttention serves multiples of 16 only.");
    }

    [Fact]
    public void A_codec_of_another_number_of_codebooks_is_a_problem()
    {
        using var folder = new TempFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceCheckpoints.Folder("dia-0626-tiny"), "config.json")))!;
        config["decoder_config"]!["num_channels"] = 8;
        config["delay_pattern"]!.AsArray().RemoveAt(8);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        var codec = ReferenceCheckpoints.Folder("dac-tiny");
        CheckpointReport.Inspect(folder.Path, codec).Problems
            .ShouldContain($"{codec}: the codec has 9 codebooks, the model in {folder.Path} has 8 channels.");
    }
}
