using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// The graphs built for fp16, run by the CPU provider, against the published fp32 numbers. No device offers this pair to users. The bound
/// is for the weights of the repository's set.
/// </summary>
public sealed class HalfPrecisionTests
{
    private const double Tolerance = 1e-2;

    [Theory]
    [InlineData("dia-0626-tiny", false)]
    [InlineData("dia-0626-tiny", true)]
    [InlineData("dia-0626-tiny-nari", true)]
    [InlineData("dia-classic-tiny", false)]
    [InlineData("dia-classic-tiny", true)]
    public void Logits_in_fp16_are_near_the_reference(string checkpoint, bool byRow)
    {
        var vectors = VectorFile.Open(checkpoint.Replace("-nari", ""));
        using var model = Golden.Load(checkpoint, precision: Precision.Fp16, byRow: byRow);
        var ids = TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty("a").GetString()!);
        var (cond, uncond) = Golden.Force(model, ids, Golden.Grid(vectors, "forced.grid"));
        Golden.ShouldMatch(cond, vectors.Floats("forced.a.cond"), Tolerance, $"{checkpoint} fp16 forced.a.cond");
        Golden.ShouldMatch(uncond, vectors.Floats("forced.a.uncond"), Tolerance, $"{checkpoint} fp16 forced.a.uncond");
        // A graph that computed in fp32 would be within the tolerance too.
        Golden.Error(cond, vectors.Floats("forced.a.cond")).ShouldBeGreaterThan(Golden.LogitsTolerance);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void A_prefilled_prompt_and_several_slots_work_in_fp16(int slots, bool byRow)
    {
        const string checkpoint = "dia-0626-tiny";
        var vectors = VectorFile.Open(checkpoint);
        using var model = Golden.Load(checkpoint, slots: slots, precision: Precision.Fp16, byRow: byRow);
        var ids = TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty("a").GetString()!);
        var prompt = Golden.Grid(vectors, "prompt.codes").Rows;
        var (cond, _) = Golden.Force(model, ids, Golden.Grid(vectors, "prompt.grid"), prompt);
        Golden.ShouldMatch(cond, vectors.Floats("prompt.cond"), Tolerance, $"{checkpoint} fp16 prompt.cond, {slots} slots");
    }

    [Fact]
    public void Samples_of_the_codec_in_fp16_are_near_the_reference()
    {
        var vectors = VectorFile.Open("dac-tiny");
        var target = new ExecutionTarget(Device.Cpu, Precision.Fp16);
        using var codec = new Codec(DacCheckpoint.Open(ReferenceCheckpoints.Folder("dac-tiny")), target, threads: 2);
        var samples = codec.Decode(CodecGoldenTests.Codes(vectors, "codes"));
        Golden.ShouldMatch(samples, vectors.Floats("decoded"), Tolerance, "dac-tiny fp16 decoded");
        Golden.Error(samples, vectors.Floats("decoded")).ShouldBeGreaterThan(Golden.WaveTolerance);
        codec.Encode(vectors.Floats("wave")).Rows.ShouldBe((int)vectors.Shape("codes")[1]);
    }
}
