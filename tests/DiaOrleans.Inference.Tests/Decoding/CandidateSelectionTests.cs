using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class CandidateSelectionTests
{
    private static readonly TokenRules Rules = new(Bos: 6, Eos: 4, Pad: 5, CodebookSize: 4, Vocab: 8, Classic: true);

    [Fact]
    public void Selects_by_guided_logits_and_returns_conditional_ones()
    {
        float[] cond = [1, 2, 3, 0, 0, 0, 0, 4];
        float[] uncond = [0, 3, 3, 0, 0, 0, -1, 5];
        var ids = new int[3];
        var values = new float[3];
        CandidateSelection.Select0626(cond, uncond, scale: 2, ids, values).ShouldBe(3);
        ids.ShouldBe([0, 2, 6]);
        values.ShouldBe([1, 3, 0]);
    }

    [Fact]
    public void Prefers_the_lower_id_among_equals()
    {
        var ids = new int[8];
        var values = new float[8];
        CandidateSelection.Select0626([0, -0f, 1, 0, 1, -1, -1, 0], new float[8], scale: 0, ids, values);
        ids.ShouldBe([2, 4, 0, 1, 3, 7, 5, 6]);
    }

    [Fact]
    public void Returns_no_more_than_the_vocabulary()
    {
        var ids = new int[20];
        var values = new float[20];
        CandidateSelection.Select0626(new float[8], new float[8], scale: 3, ids, values).ShouldBe(8);
        CandidateSelection.SelectClassic(0, new float[8], new float[8], scale: 3, Rules, ids, values).ShouldBe(5);
        CandidateSelection.SelectClassic(1, new float[8], new float[8], scale: 3, Rules, ids, values).ShouldBe(4);
    }

    [Theory]
    [InlineData(10f, 8f)]
    [InlineData(-10f, -8f)]
    public void Damps_the_classic_eos_whatever_its_sign(float eos, float damped)
    {
        float[] cond = [1, 2, 3, 4, eos, 50, 60, 70];
        var ids = new int[5];
        var values = new float[5];
        CandidateSelection.SelectClassic(0, cond, cond, scale: 3, Rules, ids, values);
        ids.Order().ShouldBe([0, 1, 2, 3, 4]);
        values[Array.IndexOf(ids, 4)].ShouldBe(damped);
        values.ShouldBe(values.OrderDescending());
    }

    [Fact]
    public void Falls_back_to_the_best_code() => CandidateSelection.Fallback([1, 5, 5, 2, 9, 9, 9, 9], Rules).ShouldBe(1);

    [Theory, Trait("Category", "Reference"), MemberData(nameof(Selections))]
    public void Selects_what_the_reference_selects(string file, string prefix, int topK)
    {
        var vectors = VectorFile.Open(file);
        var cond = vectors.Floats($"{prefix}.cond");
        var uncond = vectors.Floats($"{prefix}.uncond");
        var selected = vectors.Ints($"{prefix}.top{topK}");
        var vocab = (int)vectors.Shape($"{prefix}.cond")[^1];
        var scale = GuidanceOf(prefix, vectors);
        var ids = new int[topK];
        var values = new float[topK];
        for (var cell = 0; cell < selected.Length / topK; cell++)
        {
            var logits = cond.AsSpan(cell * vocab, vocab);
            CandidateSelection.Select0626(logits, uncond.AsSpan(cell * vocab, vocab), scale, ids, values);
            ids.Order().ShouldBe(selected.Skip(cell * topK).Take(topK).Order());
            for (var i = 0; i < topK; i++) values[i].ShouldBe(logits[ids[i]]);
        }
    }

    public static IEnumerable<TheoryDataRow<string, string, int>> Selections() =>
        from file in Directory.EnumerateFiles(ReferenceSet.Folder, "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path))
        from name in VectorFile.Open(file).Names
        let dot = name.LastIndexOf(".top", StringComparison.Ordinal)
        where dot > 0 && int.TryParse(name[(dot + 4)..], out _)
        select new TheoryDataRow<string, string, int>(file, name[..dot], int.Parse(name[(dot + 4)..]));

    /// <summary>s of guided = cond + s (cond - uncond), from the cell in which the two rows differ most.</summary>
    private static float GuidanceOf(string prefix, VectorFile vectors)
    {
        var cond = vectors.Floats($"{prefix}.cond");
        var uncond = vectors.Floats($"{prefix}.uncond");
        var guided = vectors.Floats($"{prefix}.guided");
        var widest = Enumerable.Range(0, cond.Length).MaxBy(i => Math.Abs(cond[i] - uncond[i]));
        return MathF.Round((guided[widest] - cond[widest]) / (cond[widest] - uncond[widest]), 3);
    }
}
