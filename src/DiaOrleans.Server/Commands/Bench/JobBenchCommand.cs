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
        var command = new Command("jobs", "Times the job store on SQLite in a temporary folder.");
        command.SetAction(_ => Run());
        return command;
    }

    private static async Task<int> Run()
    {
        var table = new Table().Border(TableBorder.Rounded);
        string[] columns = ["queued", "submits/s", "16 clients", "bytes a submit", "takes/s", "runs/s", "list, ms", "count, ms"];
        foreach (var column in columns) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var queued in Levels)
        {
            var folder = Directory.CreateTempSubdirectory("dia-bench-");
            try
            {
                await using var bench = new JobBench(Path.Combine(folder.FullName, "dia.db"));
                await bench.Start();
                var result = await bench.Measure(queued);
                table.AddRow([.. Cells(result)]);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        AnsiConsole.Write(table);
        return 0;
    }

    private static IEnumerable<string> Cells(JobBenchResult result) =>
        new[]
        {
            result.Queued,
            result.Submits,
            result.SubmitsOfMany,
            result.BytesPerSubmit,
            result.Takes,
            result.Ends,
            result.ListMs,
            result.CountMs,
        }.Select(value => value.ToString(value < 10 ? "F2" : "F0", CultureInfo.InvariantCulture));
}
