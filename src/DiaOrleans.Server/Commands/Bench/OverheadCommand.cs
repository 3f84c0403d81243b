using System.CommandLine;
using System.Text.Json;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Commands.Bench.Load;
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
    /// <summary>The ways that are reported, in order.</summary>
    internal static readonly OverheadWay[] AllWays = [OverheadWay.Whole, OverheadWay.Stream, OverheadWay.Job];

    private const int MaxRequests = 100_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var requests = BenchCommand.Within("--requests", 1, MaxRequests, 200, "Requests of each way, with recorded events of the engine.");
        var withEngine = BenchCommand.Within("--with-engine", 0, MaxRequests, 100, "Requests of each way with the engine at work.");
        var way = new Option<OverheadWay>("--way") { Description = "Only this way; without it all are measured." };
        way.AcceptOnlyFromAmong([.. AllWays.Select(name => name.ToString().ToLowerInvariant())]);
        var json = BenchCommand.JsonOption();
        var command = new Command("overhead", "What HTTP, grains and storage add to the engine's work, in a server of its own.")
        {
            requests, withEngine, way, json, SettingFlags.Model.Option, SettingFlags.Codec.Option, SettingFlags.File,
        };
        command.SetAction((parsed, cancellation) =>
        {
            OverheadWay[] ways = parsed.GetResult(way) is null ? AllWays : [parsed.GetValue(way)];
            var plan = new OverheadPlan(ways, parsed.GetValue(requests), parsed.GetValue(withEngine));
            return Run(parsed, plan, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, OverheadPlan plan, bool json, CancellationToken cancellation)
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
            var results = await Measure(options, plan, cancellation);
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
    internal static async Task<OverheadResult> Measure(OptionsSet options, OverheadPlan plan, CancellationToken cancellation)
    {
        using var data = DataFolder.Open(options.Get<DataOptions>().Data, port: 0, TimeProvider.System);
        await using var server = DiaServer.Build(options, data, Quiet(), AddMeasured);
        await server.StartAsync(cancellation);
        try
        {
            var factory = (MeasuredEngineFactory)server.Services.GetRequiredService<ISpeechEngineFactory>();
            var engine = await factory.Loaded.WaitAsync(cancellation);
            var storage = server.Services.GetRequiredService<CountedStorage>();
            var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            using var client = new OverheadClientProcess(address);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, server.Lifetime.ApplicationStopping);
            var run = new OverheadRun(client, engine, () => storage.Writes, plan);
            var total = plan.Ways.Count * (plan.Requests + plan.WithEngine);
            var ways = await Show(total, progress => run.Run(progress, stop.Token));
            return new OverheadResult(ways, DiskFlush.Measure(data.Path, plan.Requests));
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
        }
    }

    private static void AddMeasured(IServiceCollection services)
    {
        services.AddSingleton<ISpeechEngineFactory>(provider =>
            new MeasuredEngineFactory(ActivatorUtilities.CreateInstance<OnnxSpeechEngineFactory>(provider)));
        CountedStorage.AddTo(services);
    }

    private static IConfiguration Quiet() => new ConfigurationBuilder()
        .AddInMemoryCollection(((string[])["Default", "DiaOrleans", "Microsoft.Hosting.Lifetime"])
            .Select(category => KeyValuePair.Create($"Logging:LogLevel:{category}", (string?)"Error")))
        .Build();

    private static Task<T> Show<T>(int total, Func<Action, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().StartAsync(context =>
        {
            var task = context.AddTask("requests", maxValue: total);
            return work(() => task.Increment(1));
        });
    }

    private static void Print(OverheadResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(
            "way",
            "added ms: p50 / p95 / p99",
            "added CPU ms",
            "audio work: ms, CPU ms",
            "states stored",
            "allocated kB",
            "added to the engine, ms: p50 / p95 / p99");
        foreach (var way in result.Ways)
        {
            table.AddRow(
                way.Way,
                Show(way.AddedMs),
                Invariant($"{way.AddedCpuMs:0.00}"),
                Invariant($"{way.AudioMs:0.00}, {way.AudioCpuMs:0.00}"),
                Invariant($"{way.StatesStored:0.0}"),
                Invariant($"{way.AllocatedKb:0}"),
                way.WithEngineMs is { } ms ? Show(ms) : "");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"The disk keeps 4 KB in {Show(result.FlushMs)} ms.");
    }

    private static string Show(Percentiles ms) => Invariant($"{ms.P50:0.0} / {ms.P95:0.0} / {ms.P99:0.0}");
}
