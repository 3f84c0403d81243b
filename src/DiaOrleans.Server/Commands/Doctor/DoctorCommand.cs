using System.CommandLine;
using System.Globalization;
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
        var settings = new Option<string?>("--settings") { Description = "Settings file (JSON, section Dia; also DIA_SETTINGS)." };
        var model = new Option<string?>("--model") { Description = "Checkpoint folder (the shipped dia-nano)." };
        var codec = new Option<string?>("--codec") { Description = "Codec folder, where the checkpoint brings none." };
        var data = new Option<string?>("--data") { Description = "Folder of everything that is stored (./data)." };
        var port = new Option<int?>("--port") { Description = "Port to listen on (7860)." };
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("doctor", "Checks this machine: natives, audio libraries, GPU, database, model, network.")
        {
            settings, model, codec, data, port, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(settings),
            new Dictionary<string, string?>
            {
                [nameof(ServerOptions.Model)] = parsed.GetValue(model),
                [nameof(ServerOptions.Codec)] = parsed.GetValue(codec),
                [nameof(ServerOptions.Data)] = parsed.GetValue(data),
                [nameof(ServerOptions.Port)] = parsed.GetValue(port)?.ToString(CultureInfo.InvariantCulture),
            },
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? settings, Dictionary<string, string?> commandLine, bool json)
    {
        try
        {
            var given = commandLine.Where(pair => pair.Value is not null).ToDictionary();
            var (options, _) = SettingsReader.Read(settings ?? Environment.GetEnvironmentVariable("DIA_SETTINGS"), given);
            var findings = Findings(options);
            if (json) Console.WriteLine(JsonSerializer.Serialize(findings, Json));
            else Print(findings);
            return findings.Any(f => f.Verdict == Verdict.Problem) ? 1 : 0;
        }
        catch (SettingsException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }

    private static IReadOnlyList<Finding> Findings(ServerOptions options) =>
    [
        Checks.Runtime(),
        Checks.Machine(),
        Checks.OnnxRuntime(),
        Checks.Gpu(),
        .. Checks.Audio(),
        Checks.SpeechRecognition(options),
        Checks.Database(options.Data),
        Checks.Model(options),
        Checks.Port(options.Port),
        Checks.Network(options),
    ];

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
