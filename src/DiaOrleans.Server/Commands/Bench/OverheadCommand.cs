using System.CommandLine;
using System.Text.Json;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Commands.Bench.Overhead;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Spectre.Console;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench overhead</c>: what HTTP, grains and storage add to the work of the engine.</summary>
internal static class OverheadCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var requests = new Option<int>("--requests") { Description = "Requests of each way.", DefaultValueFactory = _ => 200 };
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("overhead", "What HTTP, grains and storage add to the engine's work, in a server of its own.")
        {
            requests, json, SettingFlags.Model.Option, SettingFlags.Codec.Option, SettingFlags.File,
        };
        command.SetAction((parsed, cancellation) => Run(parsed, parsed.GetValue(requests), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, int requests, bool json, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("dia-overhead-");
        try
        {
            var values = SettingFlags.Read(parsed);
            values[nameof(HttpOptions.Host)] = "127.0.0.1";
            values[nameof(HttpOptions.Port)] = "0";
            values[nameof(DataOptions.Data)] = folder.FullName;
            values[nameof(EngineOptions.MeasureSpeed)] = "off";
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), values);
            var results = await Measure(options, requests, cancellation);
            if (json) Console.WriteLine(JsonSerializer.Serialize(results, Json));
            else Print(results);
            return 0;
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Measures a server in this process.</summary>
    internal static async Task<IReadOnlyList<OverheadResult>> Measure(OptionsSet options, int requests, CancellationToken cancellation)
    {
        using var data = DataFolder.Open(options.Get<DataOptions>().Data, port: 0, TimeProvider.System);
        await using var server = DiaServer.Build(options, data, Quiet(), services => services.AddSingleton<ISpeechEngineFactory>(provider =>
            new MeteredEngineFactory(ActivatorUtilities.CreateInstance<OnnxSpeechEngineFactory>(provider))));
        await server.StartAsync(cancellation);
        try
        {
            var factory = (MeteredEngineFactory)server.Services.GetRequiredService<ISpeechEngineFactory>();
            var engine = await factory.Loaded.WaitAsync(cancellation);
            var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, server.Lifetime.ApplicationStopping);
            return await Show(requests, progress => new OverheadRun(http, engine).Run(requests, progress, stop.Token));
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
        }
    }

    private static IConfiguration Quiet() => new ConfigurationBuilder()
        .AddInMemoryCollection(((string[])["Default", "DiaOrleans", "Microsoft.Hosting.Lifetime"])
            .Select(category => KeyValuePair.Create($"Logging:LogLevel:{category}", (string?)"Error")))
        .Build();

    private static Task<T> Show<T>(int requests, Func<Action, Task<T>> work)
    {
        const int Ways = 3;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().StartAsync(context =>
        {
            var task = context.AddTask("requests", maxValue: Ways * requests);
            return work(() => task.Increment(1));
        });
    }

    private static void Print(IReadOnlyList<OverheadResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("way", "requests", "added ms: p50 / p95 / p99", "CPU ms: added, engine alone");
        foreach (var result in results)
        {
            var added = result.AddedMs;
            table.AddRow(
                result.Way,
                Invariant($"{result.Requests}"),
                Invariant($"{added.P50:0.00} / {added.P95:0.00} / {added.P99:0.00}"),
                Invariant($"{result.AddedCpuMs:0.00}, {result.EngineCpuMs:0.00}"));
        }

        AnsiConsole.Write(table);
    }
}
