using System.CommandLine;
using System.Diagnostics;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.AspNetCore.Connections;

namespace DiaOrleans.Server.Commands.Serve;

/// <summary><c>serve</c>: the server. It is also what the program does without a command.</summary>
internal static class ServeCommand
{
    private static readonly Option<bool> Reload = new("--reload") { Description = "Accepted and ignored.", Hidden = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Starts the server.");
        AddTo(command);
        return command;
    }

    /// <summary>Adds the options and the action to <paramref name="command"/>.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(SettingFlags.File);
        command.Options.Add(Reload);
        foreach (var flag in SettingFlags.All) command.Options.Add(flag.Option);
        command.SetAction(Run);
    }

    /// <summary>What would make the load fail in the background is found before the server starts.</summary>
    private static void CheckModel(OptionsSet options)
    {
        var models = EngineModel.Create(options);
        foreach (var device in models.Devices) MemoryCheck.Require(models.For(device), options.Get<EngineOptions>(), new HostMemory());
    }

    /// <summary>An ordinary stop would write into the folder. As after any kill, what was accepted is not lost.</summary>
    private static void EndAtOnce(string folder, string other)
    {
        Console.Error.WriteLine(
            $"The data folder {folder} was taken by another server ({other}) while this one could not reach it. This one ends at once.");
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var (options, configuration) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), SettingFlags.Read(parsed));
            var http = options.Get<HttpOptions>();
            using var data = DataFolder.Open(options.Get<DataOptions>().Data, http.Port, TimeProvider.System);
            data.Taken += other => EndAtOnce(data.Path, other);
            CudaCache.KeepIn(data.Path);
            if (options.Get<LocalSiloOptions>().HasEngines) CheckModel(options);
            FreePorts.Require(http.Address, http.Port);
            await using var server = DiaServer.Build(
                options,
                data,
                configuration,
                services => services.AddHostedService(provider =>
                    ActivatorUtilities.CreateInstance<StartReport>(provider, Console.Out, data)));
            await DiaServer.Run(server);
            return 0;
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (Exception e) when (SqliteDatabase.Explain(e) is { } sentence)
        {
            Console.Error.WriteLine(sentence);
            return 1;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            Console.Error.WriteLine($"{e.Message} Choose another port with --port.");
            return 1;
        }
    }
}
