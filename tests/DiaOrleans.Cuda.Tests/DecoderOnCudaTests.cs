using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Cuda.Tests;

/// <summary>What ONNX Runtime's CUDA provider does with the decoder, seen at the calls that it makes of CUDA's libraries.</summary>
public sealed class DecoderOnCudaTests(StandInLibraries libraries) : StandInTest(libraries)
{
    private const int MaxLaunches = 360;

    /// <summary>Names of the precisions that the decoder is offered in.</summary>
    public static TheoryData<string> Names => new(Precision.OfCuda.Select(p => p.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_is_captured_without_a_wait_an_allocation_or_a_copy_of_the_host(string precision)
    {
        var calls = Record(precision, slots: 2, (_, _) => { });
        // Batches of 1 and of 2 slots. A copy from or to the host would be a node on the CPU.
        calls.Count("graph", "cudaStreamBeginCapture").ShouldBe(2, calls.ToString());
        calls.Captured("launch").ShouldBePositive();
        calls.Captured("default stream").ShouldBe(0, calls.ToString());
        calls.Captured("wait").ShouldBe(0, calls.ToString());
        calls.Captured("allocation").ShouldBe(0, calls.ToString());
        calls.Captured("waiting copy").ShouldBe(0, calls.ToString());
        calls.Captured("copy", "host").ShouldBe(0, calls.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_captured_step_launches_few_kernels_and_every_attention_is_fused(string precision)
    {
        var calls = Record(precision, slots: 1, (_, _) => { });
        TestContext.Current.TestOutputHelper?.WriteLine($"{precision}: {calls.Captured("launch")} launches a step");
        calls.Captured("launch").ShouldBeInRange(NarrowModel.Layers * 10, MaxLaunches, calls.ToString());
        // Self-attention of one query is XQA, cross-attention Flash: one kernel a layer each, and no softmax between two products.
        calls.Captured("launch", "kernel_mha").ShouldBe(NarrowModel.Layers, calls.ToString());
        (calls.Captured("launch", "flash_fwd_kernel") + calls.Captured("launch", "flash_fwd_splitkv_kernel"))
            .ShouldBe(NarrowModel.Layers, calls.ToString());
        calls.Captured("launch", "oftmax").ShouldBe(0, calls.ToString());
        calls.Captured("launch", "cublasGemmStridedBatchedEx").ShouldBe(0, calls.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_is_one_copy_up_one_launch_of_the_graph_one_copy_down_and_one_wait(string precision)
    {
        var calls = Record(precision, slots: 4, (_, decoder) =>
        {
            decoder.Feed(0, new short[9], position: 7);
            Libraries.Restart();
            decoder.Step();
        });
        calls.ToString().Split('\n').Order().ShouldBe(
        [
            "copy device to host: 1, captured 0",
            "copy host to device: 1, captured 0",
            "graph cudaGraphLaunch: 1, captured 0",
            "wait cudaStreamSynchronize: 1, captured 0",
        ]);
        Libraries.GraphStream.ShouldBe(CudaDevice.Get(0).Stream);
    }

    [Fact]
    public void Models_are_loaded_on_two_gpus_at_the_same_time_and_neither_breaks_the_captures_of_the_other()
    {
        var calls = Libraries.Record(() => Parallel.For(0, 2, gpu => new NarrowModel(Precision.Fp16, slots: 8, gpu).Dispose()));
        // Batches of 1, 2, 4 and 8 slots on each.
        calls.Count("graph", "cudaStreamBeginCapture").ShouldBe(8, calls.ToString());
        calls.Captured("allocation").ShouldBe(0, calls.ToString());
        calls.Captured("wait").ShouldBe(0, calls.ToString());
        calls.Captured("waiting copy").ShouldBe(0, calls.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prompt_is_fed_outside_the_capture(string precision)
    {
        var calls = Record(precision, slots: 1, (model, decoder) =>
        {
            using (var text = model.TextEncoder.Encode([1, 'a', 'b'])) decoder.Admit(0, text, guidance: 3);
            Libraries.Restart();
            decoder.Prefill(0, new short[2 * 9], new PrefillPass(First: 0, Count: 2));
        });
        calls.Count("graph").ShouldBe(0, calls.ToString());
        calls.Count("launch", "kernel_mha").ShouldBe(0, "XQA takes one query");
        // Two guidance rows, each with self-attention and cross-attention.
        calls.Count("launch", "flash_fwd").ShouldBeGreaterThanOrEqualTo(4 * NarrowModel.Layers, calls.ToString());
        calls.Count("launch", "oftmax").ShouldBe(0, calls.ToString());
    }

    [Fact]
    public void A_graph_with_a_node_that_the_gpu_does_not_take_is_refused()
    {
        // There is no GroupQueryAttention of fp32 on CUDA.
        var refusal = Should.Throw<CheckpointException>(() => new NarrowModel(Precision.Fp32, slots: 1));
        refusal.Message.ShouldContain("have not been partitioned to the CUDAExecutionProvider");
    }

    private CudaCalls Record(string precision, int slots, Action<DiaModel, DecoderRunner> action) => Libraries.Record(() =>
    {
        using var model = new NarrowModel(Precision.OfCuda.First(p => p.Name == precision), slots);
        action(model.Model, model.Model.Decoder);
        Libraries.Stop();
    });
}
