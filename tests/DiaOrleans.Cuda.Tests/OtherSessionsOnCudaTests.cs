using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Cuda.Tests;

/// <summary>The text encoder and the codec of dia-nano: sessions with a node on the CPU are refused.</summary>
public sealed class OtherSessionsOnCudaTests(StandInLibraries libraries) : StandInTest(libraries)
{
    private static readonly string Nano = Path.Combine(Repository.Folder, "models", "dia-nano");

    [Theory]
    [InlineData("fp16")]
    [InlineData("bf16")]
    public void The_text_encoder_runs_on_the_gpu_with_fused_attention(string precision)
    {
        var checkpoint = DiaCheckpoint.Open(Nano);
        var target = new ExecutionTarget(CudaDevice.Get(0), Precision.OfCuda.First(p => p.Name == precision));
        using var encoder = new TextEncoder(checkpoint, target, threads: 1);
        var calls = Libraries.Record(() => encoder.Encode([.. Enumerable.Range(1, 40)]).Dispose());
        calls.Count("launch", "oftmax").ShouldBe(0, calls.ToString());
        (calls.Count("launch", "flash_fwd") + calls.Count("launch", "attention_kernel_batched"))
            .ShouldBe(checkpoint.Config.Encoder.Layers, calls.ToString());
        // The ids go up, and nothing comes down: the decoder's cache takes keys and values from the GPU.
        calls.Count("copy", "device to host").ShouldBe(0, calls.ToString());
        calls.Count("waiting copy", "device to host").ShouldBe(0, calls.ToString());
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    public void All_nodes_of_the_codec_are_on_the_gpu(string precision)
    {
        // Opened and not run: the stand-in for cuDNN has no convolution.
        var target = new ExecutionTarget(CudaDevice.Get(0), Precision.Fp16).ForCodec(precision);
        var calls = Libraries.Record(() => new Codec(OpenCodec(), target, threads: 1).Dispose());
        calls.Count("waiting copy", "host to device").ShouldBePositive("the weights");
        CudaDevice.Get(0).CreateSession(CodecEncoderGraph.Build(OpenCodec()), threads: 1).Dispose();
    }

    [Fact]
    public void A_codec_in_bf16_is_refused()
    {
        var graph = CodecDecoderGraph.Build(OpenCodec(), OnnxType.BFloat16, CodecOperators.Standard);
        var refusal = Should.Throw<CheckpointException>(() => CudaDevice.Get(0).CreateSession(graph, threads: 1));
        refusal.Message.ShouldContain("ONNX Runtime refuses");
    }

    private static DacCheckpoint OpenCodec() => DacCheckpoint.Open(CodecLocator.Find(Nano, null));
}
