using DiaOrleans.Server.Commands.Doctor;

namespace DiaOrleans.Server.Tests.Commands.Doctor;

public sealed class ConclusionTests
{
    private static readonly Finding Fine = new("port", Verdict.Ok, "7860 is free");
    private static readonly Finding NoLibrary = new("ffmpeg", Verdict.Warning, "missing", "Install ffmpeg.");
    private static readonly Finding NoModel = new("model", Verdict.Problem, "There is no model.");

    [Fact]
    public void Without_findings_the_server_can_be_started() => Conclusion.Of([Fine]).ShouldBe("Ready: start the server with ./run.sh");

    [Fact]
    public void A_warning_does_not_hinder_the_start() =>
        Conclusion.Of([Fine, NoLibrary]).ShouldBe("Ready, with 1 warning. To mend the first: ffmpeg: Install ffmpeg.");

    [Fact]
    public void A_problem_comes_before_all_warnings() =>
        Conclusion.Of([NoLibrary, NoModel, NoModel with { Check = "other" }])
            .ShouldBe("Not ready. Do this first: model: There is no model.");
}
