using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Tests.Commands.Bench;

public sealed class LoadPlotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plot_has_a_panel_for_audio_and_two_for_times()
    {
        var times = new Percentiles(0.1, 0.2, 0.3);
        var plan = new LoadPlan { Server = new Uri("http://localhost/") };
        var sample = new RequestSample { Outcome = "200", FirstByte = 0.1, Whole = 1, Audio = 5 };
        var results = ((int[])[1, 8]).Select(clients => LoadResult.Create(plan, clients, 2, [sample, sample], null) with { Whole = times });
        LoadPlot.Write(_folder.File("plot.svg"), "a title", [.. results]);
        var svg = File.ReadAllText(_folder.File("plot.svg"));
        string[] texts = ["a title", "audio seconds a second", "time to first byte, s", "time to whole answer, s", "p50", "p99"];
        foreach (var text in texts) svg.ShouldContain(text);
    }

    [Fact]
    public void A_plot_shows_times_of_hundredths_of_a_second_beside_those_of_many_seconds()
    {
        var plan = new LoadPlan { Server = new Uri("http://localhost/") };
        var results = ((int Clients, double Seconds)[])[(1, 0.02), (120, 20)];
        var drawn = results.Select(r => LoadResult.Create(plan, r.Clients, 2, [Sample(r.Seconds)], null));
        LoadPlot.Write(_folder.File("plot.svg"), "", [.. drawn]);
        var svg = File.ReadAllText(_folder.File("plot.svg"));
        foreach (var label in (string[])["0.1", "1", "10"]) svg.ShouldContain($">{label}</text>");

        static RequestSample Sample(double seconds) => new() { Outcome = "200", FirstByte = seconds, Whole = seconds, Audio = 5 };
    }
}
