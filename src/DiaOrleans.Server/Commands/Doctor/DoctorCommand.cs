using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiaOrleans.Server.Hosting;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary><c>doctor</c>: looks whether this machine can serve, and says what to do where it cannot.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var defaults = new ServerOptions();
        var model = new Option<string?>("--model") { Description = "Checkpoint folder (the shipped dia-nano)." };
        var codec = new Option<string?>("--codec") { Description = "Codec folder, where the checkpoint brings none." };
        var data = new Option<string>("--data") { Description = "Folder of everything that is stored (./data).", DefaultValueFactory = _ => defaults.Data };
        var port = new Option<int>("--port") { Description = "Port to listen on (7860).", DefaultValueFactory = _ => defaults.Port };
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("doctor", "Checks this machine: natives, audio libraries, GPU, database, model.") { model, codec, data, port, json };
        command.SetAction(parsed =>
        {
            var options = defaults with { Model = parsed.GetValue(model), Codec = parsed.GetValue(codec), Data = parsed.GetRequiredValue(data), Port = parsed.GetValue(port) };
            IReadOnlyList<Finding> findings = [Checks.Runtime(), Checks.Machine(), Checks.OnnxRuntime(), Checks.Gpu(), .. Checks.Audio(), Checks.SpeechRecognition(options), Checks.Database(options.Data), Checks.Model(options), Checks.Port(options.Port)];
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(findings, Json));
            else Print(findings);
            return findings.Any(f => f.Verdict == Verdict.Problem) ? 1 : 0;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Finding> findings)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("check", "", "found");
        foreach (var finding in findings)
        {
            var colour = finding.Verdict switch { Verdict.Ok => "green", Verdict.Warning => "yellow", _ => "red" };
            var text = Markup.Escape(finding.Found) + (finding.Mend is null ? "" : $"\n{Markup.Escape(finding.Mend)}");
            table.AddRow(Markup.Escape(finding.Check), $"[{colour}]{finding.Verdict.ToString().ToLowerInvariant()}[/]", text);
        }

        AnsiConsole.Write(table);
    }
}
