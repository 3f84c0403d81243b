using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>A request has the same logits and codes, to the bit, in every batch.</summary>
public sealed class EqualBatchTests(WideModel wide) : IClassFixture<WideModel>
{
    private const int FullText = 1024;
    private const int JoinSteps = 3;

    private static readonly Dictionary<string, Lazy<DiaModel>> Nanos = new[] { Precision.Fp32, Precision.Int8, Precision.Int4 }
        .ToDictionary(p => p.Name, p => new Lazy<DiaModel>(() => Golden.Load("dia-nano", precision: p)));

    /// <summary>
    /// Precisions, slots and text capacities; the first capacity is also the shortest that the requests fit in.
    /// </summary>
    public static TheoryData<string, int, int> Pairs => new()
    {
        { "fp32", 1, BatchRequests.LongestText },
        { "fp32", 2, 100 },
        { "fp32", 4, FullText },
        { "fp32", 8, BatchRequests.LongestText },
        { "fp32", 16, 512 },
        { "int8", 4, FullText },
        { "int8", 16, 100 },
        { "int4", 8, 512 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Step_NanoWithNeighbours_GivesTheLogitsOfARequestAlone(string precision, int slots, int textCapacity) =>
        Check(Nanos[precision].Value, slots, textCapacity, rotations: 2, steps: 6);

    [Theory]
    [InlineData("fp32", 1, BatchRequests.LongestText)]
    [InlineData("fp32", 4, 300)]
    [InlineData("int8", 3, 100)]
    public void Step_PublishedWidthsWithNeighbours_GivesTheLogitsOfARequestAlone(string precision, int slots, int textCapacity) =>
        Check(wide.Model(precision), slots, textCapacity, rotations: 1, steps: 2);

    [Property(MaxTest = 3)]
    public void Step_RequestsThatJoinAndLeave_GivesTheLogitsOfEachAlone(int seed)
    {
        const int Requests = 4;
        var random = new Random(seed);
        int[] capacities = [BatchRequests.LongestText, 100, 300, FullText];
        var nano = Nanos.ElementAt(random.Next(Nanos.Count)).Value.Value;
        using var batch = new TracedBatch(nano, slots: 1 << random.Next(1, 5), capacities[random.Next(capacities.Length)]);
        var requests = Enumerable.Range(0, Requests)
            .Select(_ => BatchRequests.Make(nano, random.Next(1000), maxFrames: random.Next(1, 12)))
            .ToList();
        var entered = new Schedule(batch, random, requests).Run(steps: 20);
        foreach (var (request, traces) in entered.GroupBy(e => e.Request, e => e.Trace).Select(g => (g.Key, g.ToList())))
        {
            var alone = TracedBatch.Alone(nano, requests[request], steps: 20);
            foreach (var trace in traces) trace.ShouldBegin(alone, $"request {request} of seed {seed}");
        }
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("int8")]
    public void Step_PassesOfAPromptBetweenSteps_GivesTheLogitsOfEachAlone(string precision)
    {
        const int Steps = 8;
        var nano = Nanos[precision].Value;
        var prompted = BatchRequests.Make(nano, number: 0, maxFrames: 200);
        var neighbour = BatchRequests.Make(nano, number: 1, maxFrames: 200);
        using var batch = new TracedBatch(nano, slots: 4, textCapacity: 100);
        var before = batch.Enter(0, neighbour);
        batch.Step();
        // The batch of the neighbours' steps includes the slots whose prompts are being fed.
        var joining = batch.Join(1, prompted);
        var behind = batch.Enter(3, neighbour);
        var passes = PrefillPlan.Passes(prompted.Prompt!.Rows, prompted.TextIds.Length).Count();
        passes.ShouldBeGreaterThan(1);
        for (var step = 0; step < Steps; step++) batch.Step();
        joining.Logits.Count.ShouldBe(Steps - passes);
        joining.ShouldBegin(TracedBatch.Alone(nano, prompted, Steps), "joining");
        before.ShouldBegin(TracedBatch.Alone(nano, neighbour, Steps + 1), "before it");
        behind.ShouldBegin(TracedBatch.Alone(nano, neighbour, Steps + 1), "behind it");
    }

    [Fact]
    public void Step_LastSlotMovedToTheFirst_ComputesTheSmallestBatch()
    {
        var nano = Nanos["fp32"].Value;
        using var batch = new TracedBatch(nano, slots: 6, textCapacity: 100);
        var request = BatchRequests.Make(nano, number: 0, maxFrames: 200);
        var alone = TracedBatch.Alone(nano, request, steps: 6);
        batch.BatchSize.ShouldBe(1);
        var trace = batch.Enter(5, request);
        for (var step = 0; step < 3; step++) batch.Step();
        batch.BatchSize.ShouldBe(6);
        batch.Move(5, 2);
        batch.BatchSize.ShouldBe(4);
        batch.Step();
        batch.Move(2, 0);
        batch.BatchSize.ShouldBe(1);
        for (var step = 0; step < 2; step++) batch.Step();
        trace.Logits.Count.ShouldBe(6);
        trace.ShouldBegin(alone, "moved twice");
    }

    [Theory]
    [InlineData("fp32", false)]
    [InlineData("fp32", true)]
    [InlineData("int8", false)]
    [InlineData("int8", true)]
    [InlineData("int4", false)]
    [InlineData("int4", true)]
    public void Step_EverySlotOfEveryBatch_GivesTheLogitsOfARequestAlone(string precision, bool published)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DIA_FULL_SIZE") == "1", "takes minutes: ./test.sh --full-size runs it");
        int[] capacities = [BatchRequests.LongestText, 100, 300, FullText];
        var model = published ? wide.Model(precision) : Nanos[precision].Value;
        foreach (var slots in (int[])[1, 2, 4, 8, 16])
        {
            foreach (var textCapacity in capacities)
                Check(model, slots, textCapacity, BatchRequests.Kinds, steps: published ? 3 : 12);
        }
    }

    /// <summary>
    /// Every request alone in the last slot, and then requests in all slots, which join one after another; a rotation moves each to the
    /// next slot.
    /// </summary>
    private static void Check(DiaModel model, int slots, int textCapacity, int rotations, int steps)
    {
        var requests = BatchRequests.Make(model, maxFrames: 200);
        var alone = requests.Select(r => TracedBatch.Alone(model, r, steps + JoinSteps)).ToList();
        using var batch = new TracedBatch(model, slots, textCapacity);
        for (var rotation = 0; rotation < rotations; rotation++)
        {
            var traces = new SpeechTrace[slots];
            for (var step = 0; step < steps + JoinSteps; step++)
            {
                for (var slot = 0; slot < slots; slot++)
                {
                    if (slot % JoinSteps == step) traces[slot] = batch.Enter(slot, requests[(slot + rotation) % requests.Count]);
                }

                batch.Step();
            }

            for (var slot = 0; slot < slots; slot++)
            {
                traces[slot].ShouldBegin(alone[(slot + rotation) % requests.Count], $"{slots} slots, {textCapacity} text ids, slot {slot}");
                if (batch.IsTaken(slot)) batch.Leave(slot);
            }
        }

        for (var i = 0; i < requests.Count; i++)
        {
            var trace = batch.Enter(slots - 1, requests[i]);
            for (var step = 0; step < steps; step++) batch.Step();
            trace.ShouldBegin(alone[i], $"{slots} slots, {textCapacity} text ids, alone in the last");
            if (batch.IsTaken(slots - 1)) batch.Leave(slots - 1);
        }
    }
}
