using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The decoder's graph by row, for GPUs, in fp32 on the CPU.</summary>
[Trait("Category", "Reference")]
public sealed class ByRowTests
{
    [Theory]
    [InlineData("dia-0626-tiny", "dia-0626-tiny")]
    [InlineData("dia-0626-tiny-nari", "dia-0626-tiny")]
    [InlineData("dia-classic-tiny", "dia-classic-tiny")]
    public void Step_logits_equal_the_reference(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var model = Golden.Load(checkpoint, byRow: true);
        var (cond, uncond) = Golden.Force(model, Ids(vectors), Golden.Grid(vectors, "forced.grid"));
        Golden.ShouldMatch(cond, vectors.Floats("forced.a.cond"), Golden.LogitsTolerance, $"{checkpoint} forced.a.cond");
        Golden.ShouldMatch(uncond, vectors.Floats("forced.a.uncond"), Golden.LogitsTolerance, $"{checkpoint} forced.a.uncond");
    }

    [Fact]
    public void Logits_after_a_prefilled_prompt_equal_the_reference()
    {
        var vectors = VectorFile.Open("dia-0626-tiny");
        using var model = Golden.Load("dia-0626-tiny", byRow: true, slots: 3);
        var prompt = Golden.Grid(vectors, "prompt.codes").Rows;
        var (cond, uncond) = Golden.Force(model, Ids(vectors), Golden.Grid(vectors, "prompt.grid"), prompt);
        Golden.ShouldMatch(cond, vectors.Floats("prompt.cond"), Golden.LogitsTolerance, "prompt.cond");
        Golden.ShouldMatch(uncond, vectors.Floats("prompt.uncond"), Golden.LogitsTolerance, "prompt.uncond");
    }

    [Fact]
    public void Slots_that_step_together_and_move_give_the_logits_of_the_other_graph()
    {
        using var other = Golden.Load("dia-nano");
        using var model = Golden.Load("dia-nano", byRow: true);
        using var batch = new TracedBatch(model, slots: 4, textCapacity: 100);
        var requests = BatchRequests.Make(model, maxFrames: 100);
        var traces = requests.Select((request, slot) => batch.Enter(slot, request)).ToList();
        for (var step = 0; step < 3; step++) batch.Step();
        batch.Leave(0);
        batch.Move(3, 0);
        for (var step = 0; step < 3; step++) batch.Step();

        for (var i = 1; i < requests.Count; i++)
        {
            traces[i].Logits.Count.ShouldBe(6);
            traces[i].ShouldBegin(TracedBatch.Alone(model, requests[i], steps: 6), $"request {i}");
            var expected = TracedBatch.Alone(other, requests[i], steps: 1).Logits[0];
            Golden.ShouldMatch(traces[i].Logits[0], expected, Golden.LogitsTolerance, $"request {i}");
        }
    }

    private static int[] Ids(VectorFile vectors) => TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty("a").GetString()!);
}
