using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench jobs</c>: times the job store on this machine's disk.</summary>
internal static class JobBenchCommand
{
    private static readonly int[] Levels = [0, 1_000, 10_000];

    /// <summary>The command <c>bench jobs</c>.</summary>
    public static Command Create()
    {
        const int least = KeptJobsBench.LeastKept;
        var kept = new Option<int?>("--kept") { Description = $"Measures a start on this number of ended jobs instead, {least} or more." };
        kept.Validators.Add(result =>
        {
            // The parser itself reports a value that is not an integer.
            if (result.Tokens is [var token] && !int.TryParse(token.Value, CultureInfo.InvariantCulture, out _)) return;
            var given = result.GetValueOrDefault<int?>();
            if (given < least) result.AddError($"--kept is {given}; expected {least} or more.");
        });
        var command = new Command("jobs", "Times the job store on SQLite in a temporary folder.") { kept };
        command.SetAction(parsed => parsed.GetValue(kept) is { } number ? RunKept(number) : RunQueued());
        return command;
    }

    private static async Task<int> RunQueued()
    {
        var results = new List<JobBenchResult>();
        foreach (var queued in Levels)
        {
            await InFolder(async database =>
            {
                await using var silo = await JobBenchSilo.Start(database);
                results.Add(await new JobBench(silo).Measure(queued));
            });
        }

        AnsiConsole.Write(Table(results));
        return 0;
    }

    private static async Task<int> RunKept(int kept)
    {
        await InFolder(async database => BenchCommand.Print([.. Rows(await new KeptJobsBench(database, kept).Measure())]));
        return 0;
    }

    private static async Task InFolder(Func<string, Task> run)
    {
        var folder = Directory.CreateTempSubdirectory("dia-bench-");
        try
        {
            await run(Path.Combine(folder.FullName, "dia.db"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Table Table(IReadOnlyList<JobBenchResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("waiting jobs");
        foreach (var result in results) table.AddColumn(new TableColumn($"{result.Queued}").RightAligned());
        AddRow("submits a second", result => result.Submits);
        AddRow("submits a second, 16 clients", result => result.SubmitsOfMany);
        AddRow("bytes written a submit", result => result.BytesPerSubmit);
        AddRow("takes a second", result => result.Takes);
        AddRow("runs a second, claim to end", result => result.Ends);
        AddRow("list of 50, ms", result => result.ListMs);
        AddRow("counts, ms", result => result.CountMs);
        return table;

        void AddRow(string name, Func<JobBenchResult, double> value) => table.AddRow([name, .. results.Select(value).Select(Format)]);
    }

    private static IEnumerable<(string Name, object Value)> Rows(KeptJobsBenchResult result)
    {
        yield return ("ended jobs", result.Kept);
        yield return ("made in, s", Format(result.FillSeconds));
        yield return ("start of the silo, s", Format(result.StartSeconds));
        yield return ("start to first lease, s", Format(result.FirstTakeSeconds));
        yield return ("first list of 50 after it, ms", Format(result.FirstListMs));
        yield return ("list of 50, ms", Format(result.ListMs));
        yield return ("list of 500 completed ones, ms", Format(result.LongestListMs));
        yield return ("counts, ms", Format(result.CountMs));
        yield return ("one job, ms", Format(result.GetMs));
        yield return ("submission, ms", Format(result.SubmitMs));
        yield return ("removing 5000, s", Format(result.ClearSeconds));
        yield return ("5000 rows and results in the stores alone, s", Format(result.StoreClearSeconds));
        yield return ("removing 5000 beside calls, s", Format(result.Beside.Seconds));
        yield return ("submission meanwhile: median, longest, ms", Pair(result.Beside.SubmitMs, result.Beside.LongestSubmitMs));
        yield return ("list of 50 meanwhile: median, longest, ms", Pair(result.Beside.ListMs, result.Beside.LongestListMs));
    }

    private static string Pair(double first, double second) => $"{Format(first)}, {Format(second)}";

    private static string Format(double value) => value.ToString(value < 10 ? "F2" : "F0", CultureInfo.InvariantCulture);
}
