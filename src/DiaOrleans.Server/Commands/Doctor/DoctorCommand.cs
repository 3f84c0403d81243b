using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary><c>doctor</c>: checks whether this machine can serve, and says what to do if it cannot.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("doctor", "Checks this machine: natives, audio libraries, GPU, database, blobs, model, speed, network.")
        {
            SettingFlags.File,
            SettingFlags.Model.Option,
            SettingFlags.Codec.Option,
            SettingFlags.Models.Option,
            SettingFlags.Data.Option,
            SettingFlags.Port.Option,
            json,
        };
        command.SetAction((parsed, _) => Run(parsed, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, bool json)
    {
        try
        {
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), SettingFlags.Read(parsed));
            var running = FolderHolder.FindRunning(options.Get<DataOptions>().Data);
            var findings = await FindAll(options, running);
            if (json) Console.WriteLine(JsonSerializer.Serialize(findings, Json));
            else Print(findings, running);
            return findings.Any(f => f.Verdict == Verdict.Problem) ? 1 : 0;
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static async Task<IReadOnlyList<Finding>> FindAll(OptionsSet options, FolderServer? running)
    {
        var data = options.Get<DataOptions>().Data;
        var store = options.Get<ModelStoreOptions>().OpenStore(data, HubEnvironment.Read(Environment.GetEnvironmentVariable));
        var recognition = options.Get<RecognitionOptions>();
        var isRecognising = recognition.IsOn(options.Get<LocalSiloOptions>().HasEngines);
        var database = options.Get<DatabaseOptions>();
        var model = Checks.Model(options.Get<EngineOptions>(), store);
        return
        [
            Checks.Runtime(),
            Checks.Machine(),
            Checks.OnnxRuntime(),
            Checks.Gpu(options.Get<DeviceOptions>()),
            .. Checks.Audio(),
            Checks.SpeechRecognition(recognition, isRecognising, data),
            DatabaseCheck.Run(data, database),
            await BlobCheck.Run(data, options.Get<BlobOptions>(), database, Environment.GetEnvironmentVariable),
            model,
            .. model.Verdict == Verdict.Ok ? [await SpeedCheck.Run(options)] : Array.Empty<Finding>(),
            Checks.Port(options.Get<HttpOptions>().Port, running),
            Checks.Network(recognition, isRecognising),
        ];
    }

    private static void Print(IReadOnlyList<Finding> findings, FolderServer? running)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("check", "", "found");
        foreach (var finding in findings)
        {
            var colour = finding.Verdict switch { Verdict.Ok => "green", Verdict.Warning => "yellow", _ => "red" };
            var text = Markup.Escape(finding.Found) + (finding.Advice is null ? "" : $"\n{Markup.Escape(finding.Advice)}");
            table.AddRow(Markup.Escape(finding.Check), $"[{colour}]{finding.Verdict.ToString().ToLowerInvariant()}[/]", text);
        }

        AnsiConsole.Write(table);
        Console.WriteLine(Conclusion.Of(findings, running));
    }
}
