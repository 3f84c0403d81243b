using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Checkpoints;

/// <summary>The report lists every problem that prevents the server from loading the checkpoint.</summary>
public sealed class CheckpointReportTests
{
    [Theory]
    [InlineData("gqa_head_dim", 24, "head size is 24", 16)]
    [InlineData("cross_head_dim", 60, "head size of cross-attention is 60", 8)]
    public void A_head_size_that_onnx_runtime_cannot_serve_is_a_problem(string property, int size, string what, int step)
    {
        using var folder = new TempFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceCheckpoints.Folder("dia-nano"), "config.json")))!;
        config["model"]!["decoder"]![property] = size;
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        CheckpointReport.Inspect(folder.Path).Problems[0].ShouldBe(
            $"{folder.Path}: the decoder's {what}; ONNX Runtime's GroupQueryAttention serves multiples of {step} only.");
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
