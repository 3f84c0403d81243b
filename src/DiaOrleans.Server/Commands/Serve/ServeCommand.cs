using System.CommandLine;
using System.Globalization;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Commands.Serve;

/// <summary><c>serve</c>: the server itself, and what the program does when no command is named.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> SettingsFile = new("--settings") { Description = "Settings file (JSON, section Dia; also DIA_SETTINGS)." };
    private static readonly Option<bool> Reload = new("--reload") { Description = "Accepted and ignored.", Hidden = true };

    private static readonly (Option Option, string Setting)[] Options =
    [
        Value<string?>("--host", nameof(ServerOptions.Host), "Address to listen on (0.0.0.0)."),
        Value<int?>("--port", nameof(ServerOptions.Port), "Port to listen on (7860)."),
        Value<string?>("--data", nameof(ServerOptions.Data), "Folder of everything that is stored (./data)."),
        Value<string?>("--model", nameof(ServerOptions.Model), "Checkpoint folder (the shipped dia-nano)."),
        Value<string?>("--codec", nameof(ServerOptions.Codec), "Codec folder, where the checkpoint brings none."),
        Value<string?>("--profile", nameof(ServerOptions.Profile), "0626 or classic, where config.json is not to decide."),
        Value<int?>("--threads", nameof(ServerOptions.Threads), "Threads of ONNX Runtime (0: by the model's size)."),
        Value<int?>("--slots", nameof(ServerOptions.Slots), "Requests decoded at a time (1)."),
        Flag("--dashboard", nameof(ServerOptions.Dashboard), "Show the Orleans dashboard at /dashboard."),
        Flag("--debug", nameof(ServerOptions.Debug), "debug_mode for this run, whatever is stored: log more."),
        Flag("--save-outputs", nameof(ServerOptions.SaveOutputs), "save_outputs for this run: keep each result."),
        Flag("--show-prompts", nameof(ServerOptions.ShowPrompts), "show_prompts for this run: log the texts."),
        Value<long?>("--retention-hours", nameof(ServerOptions.RetentionHours), "output_retention_hours for this run (24)."),
    ];

    public static Command Create()
    {
        var command = new Command("serve", "Starts the server.");
        AddTo(command);
        return command;
    }

    /// <summary>Gives <paramref name="command"/> the options and the action.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(SettingsFile);
        command.Options.Add(Reload);
        foreach (var (option, _) in Options) command.Options.Add(option);
        command.SetAction(Run);
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var (options, configuration) = SettingsReader.Read(parsed.GetValue(SettingsFile) ?? Environment.GetEnvironmentVariable("DIA_SETTINGS"), Given(parsed));
            using var data = DataFolder.Open(options.Data, options.Port, TimeProvider.System);
            FreePorts.Require(options.Address, options.Port);
            await using var server = DiaServer.Build(options, data, configuration);
            await DiaServer.Run(server);
            return 0;
        }
        catch (SettingsException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
        catch (Exception problem) when (SqliteDatabase.Explain(problem) is { } sentence)
        {
            Console.Error.WriteLine(sentence);
            return 1;
        }
        catch (IOException problem) when (problem.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            Console.Error.WriteLine($"{problem.Message} Choose another port with --port.");
            return 1;
        }
    }

    internal static Dictionary<string, string?> Given(ParseResult parsed) => Options
        .Where(o => parsed.GetResult(o.Option) is { Implicit: false })
        .ToDictionary(o => o.Setting, o => Convert.ToString(Read(parsed, o.Option), CultureInfo.InvariantCulture));

    private static object? Read(ParseResult parsed, Option option) => option switch
    {
        Option<int?> number => parsed.GetValue(number),
        Option<long?> number => parsed.GetValue(number),
        Option<bool> flag => parsed.GetValue(flag),
        Option<string?> text => parsed.GetValue(text),
        _ => null,
    };

    private static (Option, string) Value<T>(string name, string setting, string description) => (new Option<T>(name) { Description = description }, setting);

    private static (Option, string) Flag(string name, string setting, string description) => (new Option<bool>(name) { Description = description }, setting);
}
