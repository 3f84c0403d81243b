using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Tests.Commands.Doctor;

public sealed class ConclusionTests
{
    private static readonly Finding Fine = new("port", Verdict.Ok, "7860 is free");
    private static readonly Finding NoLibrary = new("ffmpeg", Verdict.Warning, "missing", "Install ffmpeg.");
    private static readonly Finding NoModel = new("model", Verdict.Problem, "There is no model.");

    [Fact]
    public void Without_findings_the_server_can_be_started() =>
        Conclusion.Of([Fine], null).ShouldBe("Ready: start the server with ./run.sh");

    [Fact]
    public void A_server_that_runs_is_not_started_again() => Conclusion.Of([Fine], new FolderServer(7, 7860))
        .ShouldBe("Ready: the server of this data folder runs, on port 7860. Nothing is to be done.");

    [Fact]
    public void A_warning_does_not_hinder_the_start() =>
        Conclusion.Of([Fine, NoLibrary], null).ShouldBe("Ready, with 1 warning. To mend the first: ffmpeg: Install ffmpeg.");

    [Fact]
    public void A_problem_comes_before_all_warnings() =>
        Conclusion.Of([NoLibrary, NoModel, NoModel with { Check = "other" }], null)
            .ShouldBe("Not ready. Do this first: model: There is no model.");
}
