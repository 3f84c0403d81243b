using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Tests.Api.Pipeline;

public sealed class ProblemsTests
{
    [Fact]
    public async Task An_error_in_writing_an_error_gives_a_plain_500()
    {
        var unwritable = new InvalidField("type", ["body", 1.5], "A place that is neither name nor offset.", null);
        var context = await Answers.Handle(ApiProblem.Invalid([unwritable]));
        context.Response.StatusCode.ShouldBe(500);
        Answers.Body(context).GetRawText().ShouldBe("""{"detail":"Internal Server Error"}""");
        context.Response.Headers["X-Request-ID"].ToString().ShouldBe(Answers.RequestId);
        context.Response.ContentType.ShouldBe("application/json");
    }

    [Fact]
    public async Task A_problem_is_answered_with_its_status_and_sentence()
    {
        var context = await Answers.Handle(ApiProblem.Busy(null));
        (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()).ShouldBe((429, "1"));
    }
}
