using Spectre.Console;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>Results as a table, one column a run.</summary>
internal static class LoadTable
{
    /// <summary>Prints it.</summary>
    public static void Print(IReadOnlyList<LoadResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var result in results) table.AddColumn(new TableColumn(Name(result.Rate, result.Clients)).RightAligned());

        Add("audio s made in a second", r => Invariant($"{r.AudioPerSecond:0.0}"));
        Add("requests", r => Invariant($"{r.Requests}"));
        Add("first byte, ms: p50 / p95 / p99", r => Show(r.FirstByte, 1000, "0"));
        Add("whole answer, ms: p50 / p95 / p99", r => Show(r.Whole, 1000, "0"));
        Add("streams with underruns", r => r.StreamsWithUnderruns is { } n ? Invariant($"{n} ({r.UnderrunSeconds:0.0} s)") : "-");
        Add("failures", r => r.Failures.Count == 0 ? "0" : string.Join(", ", r.Failures.Select(f => Invariant($"{f.Key}: {f.Value}"))));
        Add("refused for now (429, 503)", r => Invariant($"{r.Refused}"));
        Add("asked to wait, s: p50 / p95 / p99", r => Show(r.AskedWait, 1, "0.0"));
        Add("had to wait, s: p50 / p95 / p99", r => Show(r.NeededWait, 1, "0.0"));
        Add("server's CPU a request, ms", r => r.CpuMsPerRequest is { } ms ? Invariant($"{ms:0.0}") : "-");
        Add("server's peak memory, MiB", r => r.PeakRssMib is { } mib ? Invariant($"{mib:0}") : "-");
        AnsiConsole.Write(table);

        void Add(string name, Func<LoadResult, string> value) => table.AddRow([name, .. results.Select(r => Markup.Escape(value(r)))]);
    }

    /// <summary>A load in words: requests that arrive in a second, or clients that are always busy.</summary>
    public static string Name(double? rate, int? clients) =>
        rate is { } arrivals ? Invariant($"{arrivals}/s") : clients == 1 ? "1 client" : Invariant($"{clients} clients");

    private static string Show(Percentiles? times, double unit, string format)
    {
        if (times is null) return "-";
        return string.Join(" / ", ((double[])[times.P50, times.P95, times.P99])
            .Select(value => (value * unit).ToString(format, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
