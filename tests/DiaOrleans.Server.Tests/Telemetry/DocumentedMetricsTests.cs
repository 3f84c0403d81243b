using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Telemetry;

public sealed class DocumentedMetricsTests
{
    [Fact]
    public void The_table_of_the_documentation_has_every_instrument()
    {
        var instruments = new ConcurrentQueue<string>();
        using var services = new ServiceCollection().AddMetrics().AddSingleton<DiaMetrics>().BuildServiceProvider();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == DiaMetrics.MeterName) instruments.Enqueue(instrument.Name);
        };
        listener.Start();
        services.GetRequiredService<DiaMetrics>();
        ReadTable().ShouldBe(instruments.Distinct(), ignoreOrder: true);
    }

    private static IEnumerable<string> ReadTable() =>
        File.ReadLines(Path.Combine(ModelFolder.Default(), "..", "..", "docs", "configuration.md"))
            .SkipWhile(line => !line.StartsWith("| metric ", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim(' ', '`'));
}
