using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>A request has the same logits and codes, to the bit, in every batch.</summary>
public sealed class EqualBatchTests(WideModel wide) : IClassFixture<WideModel>
{
    private const int FullText = 1024;

    private static readonly Lazy<DiaModel> Nano = new(() => Golden.Load("dia-nano"));

    /// <summary>Slots and text capacities; the first is also the shortest that the requests fit in.</summary>
    public static TheoryData<int, int> Pairs => new()
    {
        { 1, BatchRequests.LongestText },
        { 2, 100 },
        { 4, FullText },
        { 8, BatchRequests.LongestText },
        { 16, 512 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Step_NanoWithNeighbours_GivesTheLogitsOfARequestAlone(int slots, int textCapacity) =>
        CheckAll(Nano.Value, slots, textCapacity, [0, slots - 1], steps: 4);

    [Theory]
    [InlineData(1, BatchRequests.LongestText)]
    [InlineData(4, 300)]
    public void Step_PublishedWidthsWithNeighbours_GivesTheLogitsOfARequestAlone(int slots, int textCapacity) =>
        CheckAll(wide.Model, slots, textCapacity, [slots - 1], steps: 2);

    [Property(MaxTest = 3)]
    public void Step_RequestsThatJoinAndLeave_GivesTheLogitsOfEachAlone(int seed)
    {
        const int Requests = 4;
        var random = new Random(seed);
        int[] capacities = [BatchRequests.LongestText, 100, 300, FullText];
        using var batch = new TracedBatch(Nano.Value, slots: 1 << random.Next(1, 5), capacities[random.Next(capacities.Length)]);
        var requests = Enumerable.Range(0, Requests)
            .Select(_ => BatchRequests.Make(Nano.Value, random.Next(1000), maxFrames: random.Next(1, 12)))
            .ToList();
        var entered = new Schedule(batch, random, requests).Run(steps: 20);
        foreach (var (request, traces) in entered.GroupBy(e => e.Request, e => e.Trace).Select(g => (g.Key, g.ToList())))
        {
            var alone = TracedBatch.Alone(Nano.Value, requests[request], steps: 20);
            foreach (var trace in traces) trace.ShouldBegin(alone, $"request {request} of seed {seed}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_EverySlotOfEveryBatch_GivesTheLogitsOfARequestAlone(bool published)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DIA_FULL_SIZE") == "1", "takes minutes: ./test.sh --full-size runs it");
        var model = published ? wide.Model : Nano.Value;
        foreach (var slots in (int[])[1, 2, 4, 8, 16])
        {
            foreach (var textCapacity in (int[])[BatchRequests.LongestText, 64, 100, 300, 512, FullText])
                CheckAll(model, slots, textCapacity, [.. Enumerable.Range(0, slots)], steps: published ? 3 : 12);
        }
    }

    private static void CheckAll(DiaModel model, int slots, int textCapacity, int[] places, int steps)
    {
        using var batch = new TracedBatch(model, slots, textCapacity);
        foreach (var request in BatchRequests.Make(model, maxFrames: 200))
        {
            var alone = TracedBatch.Alone(model, request, steps);
            foreach (var place in places.Distinct())
            {
                foreach (var talking in (bool[])[false, true])
                {
                    var neighbours = talking ? Enumerable.Range(0, slots).Where(s => s != place).ToList() : [];
                    foreach (var slot in neighbours) batch.Enter(slot, BatchRequests.MakeShort(model, slot));
                    if (talking && slots > 1) batch.Step();
                    var trace = batch.Enter(place, request);
                    for (var step = 0; step < steps; step++) batch.Step();
                    trace.ShouldBegin(alone, $"{slots} slots, {textCapacity} text ids, slot {place}, neighbours {talking}");
                    for (var slot = 0; slot < slots; slot++)
                    {
                        if (batch.IsTaken(slot)) batch.Leave(slot);
                    }
                }
            }
        }
    }
}
