using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model inspect FOLDER</c>: what a checkpoint holds, and what is wrong with it.</summary>
internal static class ModelInspectCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Checkpoint folder." };
        var codec = new Option<string?>("--codec") { Description = "Codec folder, where the checkpoint brings none." };
        var profile = new Option<string?>("--profile") { Description = "0626 or classic, where config.json is not to decide." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var inspect = new Command("inspect", "Shows what a checkpoint holds, its profile, sizes and problems.") { folder, codec, profile, json };
        inspect.SetAction(parsed =>
        {
            DiaProfile? chosen;
            try
            {
                chosen = new ServerOptions { Profile = parsed.GetValue(profile) }.ProfileOverride;
            }
            catch (SettingsException problem)
            {
                Console.Error.WriteLine(problem.Message);
                return 2;
            }

            var report = CheckpointReport.Inspect(parsed.GetRequiredValue(folder), parsed.GetValue(codec), chosen);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(report, Json));
            else Print(report);
            return report.Problems.Count == 0 ? 0 : 1;
        });
        return new Command("model", "Looks at checkpoints.") { inspect };
    }

    private static void Print(CheckpointReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("").HideHeaders();
        table.AddRow("folder", Markup.Escape(report.Folder));
        foreach (var fact in report.Facts) table.AddRow(Markup.Escape(fact.Name), Markup.Escape(fact.Value));
        AnsiConsole.Write(table);
        foreach (var problem in report.Problems) Console.WriteLine($"problem: {problem}");
        if (report.Problems.Count == 0) Console.WriteLine("This checkpoint can be served.");
    }
}
