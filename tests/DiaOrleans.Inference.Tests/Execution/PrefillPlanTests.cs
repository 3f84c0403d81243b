using DiaOrleans.Inference.Execution;
using FsCheck;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class PrefillPlanTests
{
    [Theory]
    [InlineData(0, 10, "")]
    [InlineData(10, 10, "0+10")]
    [InlineData(11, 10, "0+5 5+6")]
    [InlineData(3, 1, "0+1 1+1 2+1")]
    [InlineData(300, 200, "0+100 100+100 200+100")]
    public void Passes_RowsAndText_GivesEvenParts(int rows, int textLength, string expected) =>
        string.Join(' ', PrefillPlan.Passes(rows, textLength).Select(p => $"{p.First}+{p.Count}")).ShouldBe(expected);

    [Property]
    public void Passes_Any_CoversTheRowsWithinTheLimits(NonNegativeInt rows, PositiveInt textLength)
    {
        var next = 0;
        foreach (var pass in PrefillPlan.Passes(rows.Get, textLength.Get))
        {
            pass.First.ShouldBe(next);
            pass.Count.ShouldBeInRange(1, Math.Min(textLength.Get, PrefillPlan.MaxRows));
            next += pass.Count;
        }

        next.ShouldBe(rows.Get);
    }
}
