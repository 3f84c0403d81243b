using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model inspect FOLDER</c>: shows what a checkpoint has, and what is wrong with it.</summary>
internal static class ModelInspectCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command <c>model</c>.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Checkpoint folder." };
        var codec = SettingFlags.Codec.Option;
        var profile = SettingFlags.Profile.Option;
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var inspect = new Command("inspect", "Shows what a checkpoint holds, its profile, sizes and problems.")
        {
            folder,
            codec,
            profile,
            json,
        };
        inspect.SetAction(parsed =>
        {
            var options = new EngineOptions { Codec = parsed.GetValue(codec), Profile = parsed.GetValue(profile) };
            return Run(parsed.GetRequiredValue(folder), options, parsed.GetValue(json));
        });
        return new Command("model", "Looks at checkpoints.") { inspect };
    }

    private static int Run(string folder, EngineOptions options, bool json)
    {
        try
        {
            SettingsReader.Validate(options);
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }

        var report = CheckpointReport.Inspect(folder, options.Codec, options.ProfileOverride);
        if (json) Console.WriteLine(JsonSerializer.Serialize(report, Json));
        else Print(report);
        return report.Problems.Count == 0 ? 0 : 1;
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
