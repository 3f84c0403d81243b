using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Logging;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model inspect NAME</c>: shows what a checkpoint has, and what is wrong with it.</summary>
internal static class ModelInspectCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "Checkpoint folder, or the name of a model on this disk." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("inspect", "Shows what a checkpoint holds, its profile, sizes and problems.")
        {
            name, SettingFlags.Codec.Option, SettingFlags.Profile.Option, json,
        };
        ModelContext.AddOptions(command).SetAction((parsed, _) => ModelContext.Run(parsed, context =>
            Task.FromResult(Run(context, parsed.GetRequiredValue(name), parsed.GetValue(json)))));
        return command;
    }

    private static int Run(ModelContext context, string name, bool json)
    {
        var folders = ModelFolder.Find(context.Engine with { Model = name }, context.Store);
        var report = CheckpointReport.Inspect(folders.Model, folders.Codec, context.Engine.ProfileOverride);
        if (json) Console.WriteLine(JsonSerializer.Serialize(report, Json));
        else Print(report);
        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Unservable;
    }

    private static void Print(CheckpointReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("").HideHeaders();
        table.AddRow("folder", Markup.Escape(report.Folder));
        foreach (var fact in report.Facts) table.AddRow(Markup.Escape(fact.Name), Markup.Escape(LogText.Escape(fact.Value)));
        AnsiConsole.Write(table);
        foreach (var problem in report.Problems) Console.WriteLine($"problem: {LogText.Escape(problem)}");
        if (report.Problems.Count == 0) Console.WriteLine("This checkpoint can be served.");
    }
}
