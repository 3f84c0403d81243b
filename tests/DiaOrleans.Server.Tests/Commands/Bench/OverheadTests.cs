using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Commands.Bench;

public sealed class OverheadTests
{
    [Fact]
    public async Task Each_way_is_measured_against_the_same_calls_of_the_engine()
    {
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { Host = "127.0.0.1", Port = 0, Data = folder.Path, Model = ModelFolder.Default() };
        var results = await OverheadCommand.Measure(options.Read(), requests: 4, CancellationToken.None);
        results.Select(result => result.Way).ShouldBe(["whole", "stream", "job"]);
        foreach (var result in results)
        {
            result.Requests.ShouldBe(4);
            result.AddedMs.P50.ShouldBeInRange(0, 5000, result.Way);
            result.EngineCpuMs.ShouldBeGreaterThan(1, "the engine has worked");
            result.CpuMs.ShouldBeGreaterThan(1);
        }
    }
}
