using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// The models on a GPU against the published fp32 numbers. bench/gpu.sh runs these tests on a machine without .NET.
/// </summary>
[Trait("Category", "Gpu")]
public sealed class GpuGoldenTests
{
    private const double Fp16Tolerance = 1e-2;

    // bf16 has 3 bits less than fp16.
    private const double Bf16Tolerance = 8e-2;

    private readonly Device _gpu;

    public GpuGoldenTests()
    {
        if (CudaSupport.OfThisMachine.Problem is { } problem) Assert.Skip($"No GPU: {problem}");
        _gpu = CudaDevice.Get(0);
    }

    /// <summary>Checkpoints, precisions and the accepted error.</summary>
    public static TheoryData<string, string, double> Targets => new()
    {
        { "dia-0626-tiny", "fp16", Fp16Tolerance },
        { "dia-classic-tiny", "fp16", Fp16Tolerance },
        { "dia-0626-tiny", "bf16", Bf16Tolerance },
        { "dia-classic-tiny", "bf16", Bf16Tolerance },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Encoder_and_step_logits_are_near_the_reference(string checkpoint, string precision, double tolerance)
    {
        var vectors = VectorFile.Open(checkpoint);
        using var model = Load(checkpoint, precision);
        using (var text = model.TextEncoder.Encode(Ids(vectors)))
            Golden.ShouldMatch(text.Hidden.ToSingles(), vectors.Floats("enc.a"), tolerance, $"{checkpoint} {precision} enc.a");
        var (cond, uncond) = Golden.Force(model, Ids(vectors), Golden.Grid(vectors, "forced.grid"));
        Golden.ShouldMatch(cond, vectors.Floats("forced.a.cond"), tolerance, $"{checkpoint} {precision} forced.a.cond");
        Golden.ShouldMatch(uncond, vectors.Floats("forced.a.uncond"), tolerance, $"{checkpoint} {precision} forced.a.uncond");
    }

    [Theory]
    [InlineData("fp16", Fp16Tolerance)]
    [InlineData("bf16", Bf16Tolerance)]
    public void Logits_after_a_prefilled_prompt_are_near_the_reference(string precision, double tolerance)
    {
        var vectors = VectorFile.Open("dia-0626-tiny");
        using var model = Load("dia-0626-tiny", precision);
        var prompt = Golden.Grid(vectors, "prompt.codes").Rows;
        var (cond, _) = Golden.Force(model, Ids(vectors), Golden.Grid(vectors, "prompt.grid"), prompt);
        Golden.ShouldMatch(cond, vectors.Floats("prompt.cond"), tolerance, $"{precision} prompt.cond");
    }

    [Theory]
    [InlineData("dia-0626-tiny", "fp16")]
    [InlineData("dia-nano", "fp16")]
    [InlineData("dia-nano", "bf16")]
    public void A_captured_step_gives_the_candidates_of_a_step_that_is_not(string checkpoint, string precision)
    {
        using var model = Load(checkpoint, precision);
        var random = new Random(1);
        using var text = model.TextEncoder.Encode([.. Enumerable.Range('a', 20)]);
        model.Decoder.Admit(0, text, 3f);
        model.Decoder.Admit(1, text, 3f);
        for (var row = 0; row < 12; row++)
        {
            var tokens = Enumerable.Range(0, model.Delay.Channels).Select(_ => (short)random.Next(model.Rules.CodebookSize)).ToArray();
            model.Decoder.Feed(0, tokens, row);
            model.Decoder.Feed(1, tokens, row);
            model.Decoder.StepWithLogits();
            var expected = Candidates(model);
            model.Decoder.Step();
            Candidates(model).ShouldBe(expected, $"{checkpoint}, row {row}");
        }
    }

    [Theory]
    [InlineData("fp32", 1e-3)]
    [InlineData("fp16", Fp16Tolerance)]
    public void Samples_of_the_codec_are_near_the_reference(string precision, double tolerance)
    {
        var vectors = VectorFile.Open("dac-tiny");
        var target = new ExecutionTarget(_gpu, Precision.Fp16).ForCodec(precision);
        using var codec = new Codec(DacCheckpoint.Open(ReferenceCheckpoints.Folder("dac-tiny")), target, threads: 1);
        var samples = codec.Decode(CodecGoldenTests.Codes(vectors, "codes"));
        Golden.ShouldMatch(samples, vectors.Floats("decoded"), tolerance, $"dac-tiny {precision} decoded");
        codec.Encode(vectors.Floats("wave")).Cells.ToArray().ShouldBe(CodecGoldenTests.Codes(vectors, "codes").Cells.ToArray());
    }

    private DiaModel Load(string checkpoint, string precision) =>
        Golden.Load(checkpoint, slots: 2, precision: Precision.OfCuda.First(p => p.Name == precision), device: _gpu);

    private static string Candidates(DiaModel model) => string.Join(
        '\n',
        from slot in Enumerable.Range(0, 2)
        from channel in Enumerable.Range(0, model.Delay.Channels)
        select string.Join(' ', model.Decoder.Candidates(slot, channel).Ids.ToArray()));

    private static int[] Ids(VectorFile vectors) => TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty("a").GetString()!);
}
