using System.CommandLine;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>What the commands on models read from settings and environment.</summary>
internal sealed class ModelContext
{
    /// <summary>Models of speech recognition are named by this and their size.</summary>
    public const string WhisperPrefix = "whisper-";

    private readonly OptionsSet _options;

    private ModelContext(OptionsSet options)
    {
        _options = options;
        Hub = HubEnvironment.Read(Environment.GetEnvironmentVariable);
        Store = options.Get<ModelStoreOptions>().OpenStore(Data, Hub);
    }

    /// <summary>Where models are kept and pulled from.</summary>
    public ModelStoreOptions Settings => _options.Get<ModelStoreOptions>();

    /// <summary>The model of the settings.</summary>
    public EngineOptions Engine => _options.Get<EngineOptions>();

    /// <summary>What the environment says of the hub.</summary>
    public HubEnvironment Hub { get; }

    /// <summary>The models on this disk.</summary>
    public ModelStore Store { get; }

    /// <summary>Path of the data folder.</summary>
    public string Data => _options.Get<DataOptions>().Data;

    /// <summary>Path of the folder of the models of speech recognition.</summary>
    public string WhisperFolder => _options.Get<RecognitionOptions>().FolderIn(Data);

    /// <summary>The options that all these commands have.</summary>
    public static Command AddOptions(Command command)
    {
        command.Options.Add(SettingFlags.Models.Option);
        command.Options.Add(SettingFlags.Data.Option);
        command.Options.Add(SettingFlags.File);
        return command;
    }

    /// <summary>Runs a command, and reports wrong settings.</summary>
    public static async Task<int> Run(ParseResult parsed, Func<ModelContext, Task<int>> action)
    {
        try
        {
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), SettingFlags.Read(parsed));
            return await action(new ModelContext(options));
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.IsMissingModel ? ExitCode.NotFound : ExitCode.Usage;
        }
    }

    /// <summary>The models of speech recognition.</summary>
    public WhisperModels OpenWhisper() =>
        RecognitionServices.CreateModels(_options.Get<RecognitionOptions>(), Data, NullLogger<WhisperModels>.Instance);
}
