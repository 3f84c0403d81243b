using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class BodyBudgetTests
{
    [Fact]
    public void Take_MoreThanIsLeft_BusyAndNothingIsTaken()
    {
        var budget = new BodyBudget(100);
        using var one = budget.Open();
        using var two = budget.Open();
        one.Take(60);
        var problem = Should.Throw<ApiProblem>(() => two.Take(41));
        (problem.Status, problem.RetryAfter).ShouldBe((429, TimeSpan.FromSeconds(5)));
        budget.Held.ShouldBe(60);
        two.Take(40);
        budget.Held.ShouldBe(100);
    }

    [Fact]
    public void Dispose_Share_ReturnsWhatItStillHolds()
    {
        var budget = new BodyBudget(100);
        var share = budget.Open();
        share.Take(60);
        share.Return(20);
        budget.Held.ShouldBe(40);
        share.Dispose();
        share.Dispose();
        budget.Held.ShouldBe(0);
    }
}
