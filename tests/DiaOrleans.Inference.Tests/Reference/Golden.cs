using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>Helpers of the golden tests: loading, the error measure of the reference set, and teacher forcing.</summary>
internal static class Golden
{
    public const double HiddenTolerance = 1e-5;
    public const double LogitsTolerance = 1e-5;
    public const double WaveTolerance = 1e-4;

    public static DiaModel Load(
        string checkpoint,
        bool literal = false,
        int? topK = null,
        int slots = 1,
        Precision? precision = null,
        Device? device = null,
        bool? byRow = null,
        int threads = 2) =>
        new(DiaCheckpoint.Open(ReferenceCheckpoints.Folder(checkpoint)), new DiaModelOptions
        {
            Target = new ExecutionTarget(device ?? Device.Cpu, precision ?? Precision.Fp32),
            CacheFolder = TestCache.Folder,
            ByRow = byRow,
            Threads = threads,
            Slots = slots,
            Literal = literal,
            TopK = topK,
        });

    /// <summary>max |x - reference| / (1 + max |reference|).</summary>
    public static double Error(ReadOnlySpan<float> actual, ReadOnlySpan<float> reference)
    {
        actual.Length.ShouldBe(reference.Length);
        double worst = 0, largest = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            float.IsFinite(actual[i]).ShouldBeTrue($"value {i} is {actual[i]}");
            worst = Math.Max(worst, Math.Abs((double)actual[i] - reference[i]));
            largest = Math.Max(largest, Math.Abs((double)reference[i]));
        }

        return worst / (1 + largest);
    }

    public static void ShouldMatch(ReadOnlySpan<float> actual, ReadOnlySpan<float> reference, double tolerance, string what)
    {
        var error = Error(actual, reference);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: error {error:E1}, accepted {tolerance:E0}");
        error.ShouldBeLessThanOrEqualTo(tolerance, what);
    }

    public static CodeGrid Grid(VectorFile vectors, string tensor)
    {
        var shape = vectors.Shape(tensor);
        return new CodeGrid([.. vectors.Ints(tensor).Select(i => (short)i)], (int)shape[1]);
    }

    /// <summary>
    /// Feeds rows <paramref name="from"/> on one at a time and gives both logits after each, [rows, channels, vocab]; the rows before are
    /// prefilled.
    /// </summary>
    public static (float[] Cond, float[] Uncond) Force(
        DiaModel model,
        int[] textIds,
        CodeGrid rows,
        int from = 0,
        float guidance = 3f,
        bool literal = false)
    {
        using var text = model.TextEncoder.Encode(textIds);
        using var uncond = literal ? model.TextEncoder.Encode(new int[textIds.Length]) : null;
        model.Decoder.Admit(0, text, guidance, uncond);
        foreach (var pass in PrefillPlan.Passes(from, textIds.Length))
            model.Decoder.Prefill(0, rows.Slice(pass.First, pass.First + pass.Count).Cells, pass);
        List<float> cond = [], without = [];
        for (var row = from; row < rows.Rows; row++)
        {
            model.Decoder.Feed(0, rows.Row(row), row);
            var logits = model.Decoder.StepWithLogits();
            var size = model.Config.Decoder.Channels * model.Config.Decoder.Vocab;
            cond.AddRange(logits.Cond[..size]);
            without.AddRange(logits.Uncond[..size]);
        }

        return ([.. cond], [.. without]);
    }

    /// <summary>Greedy generation through a slot, as the engine does it.</summary>
    public static SpeechGrid Generate(DiaModel model, string text, CodeGrid? prompt, int newFrames, float guidance)
    {
        var slot = new Slot(0, model, model.Decoder);
        var greedy = new SamplingSettings(guidance, Temperature: 0, TopP: 1);
        slot.Enter(new DecodeRequest(TextIds.Encode(text), newFrames, Seed: 0, prompt, greedy));
        var grid = slot.Grid!;
        while (!grid.Finished)
        {
            slot.Feed();
            model.Decoder.Step();
            slot.Advance();
        }

        slot.Leave();
        return grid;
    }
}
