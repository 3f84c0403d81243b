using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Commands.Bench.Overhead;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Commands.Bench;

[Collection(nameof(RunsAlone))]
public sealed class OverheadTests
{
    [Fact]
    public async Task Each_way_is_measured_against_the_same_calls_of_the_engine()
    {
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { Host = "127.0.0.1", Port = 0, Data = folder.Path, Model = ModelFolder.Default() };
        var result = await OverheadCommand.Measure(
            options.Read(), new OverheadPlan(OverheadCommand.AllWays, Requests: 3, WithEngine: 2), CancellationToken.None);
        result.FlushMs.P50.ShouldBeGreaterThan(0);
        result.Ways.Select(way => way.Way).ShouldBe(["whole", "stream", "job"]);
        foreach (var way in result.Ways)
        {
            way.Requests.ShouldBe(3);
            // Another process may take the cores while the audio work is measured: the difference may then be negative.
            way.AddedMs.P99.ShouldBeInRange(-5000, 5000, way.Way);
            way.AudioMs.ShouldBeGreaterThan(0, "the same samples are encoded directly");
            way.AudioCpuMs.ShouldBeGreaterThan(0);
            way.AllocatedKb.ShouldBeGreaterThan(0);
            way.WithEngineMs!.P50.ShouldBeInRange(0, 5000, way.Way);
        }

        result.Ways[2].AddedMs.P50.ShouldBeGreaterThan(result.FlushMs.P50, "a job waits for the disk more than once");
        result.Ways[2].StatesStored.ShouldBeGreaterThan(5, "a job is stored");
        result.Ways[0].StatesStored.ShouldBeLessThan(3, "only the log is stored");
    }
}
