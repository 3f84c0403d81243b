using System.CommandLine;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Commands;

/// <summary>A flag of the command line that sets a setting.</summary>
/// <param name="Option">The flag. Its value is text, which the settings reader parses and validates.</param>
/// <param name="Setting">Name of the setting.</param>
internal sealed record SettingFlag(Option<string?> Option, string Setting);

/// <summary>The flags that set settings.</summary>
internal static class SettingFlags
{
    /// <summary>Path of the settings file.</summary>
    public static readonly Option<string?> File = new("--settings")
    {
        Description = "Settings file (JSON, section Dia; also DIA_SETTINGS).",
    };

    /// <summary>The folder of what is stored.</summary>
    public static readonly SettingFlag Data = Value("--data", nameof(DataOptions.Data), "Folder of everything that is stored (./data).");

    /// <summary>The port.</summary>
    public static readonly SettingFlag Port = Value("--port", nameof(HttpOptions.Port), "Port to listen on (7860).");

    /// <summary>The checkpoint.</summary>
    public static readonly SettingFlag Model =
        Value("--model", nameof(EngineOptions.Model), "Checkpoint: a folder, or the name of a model (dia-nano).");

    /// <summary>The codec.</summary>
    public static readonly SettingFlag Codec =
        Value("--codec", nameof(EngineOptions.Codec), "Codec: a folder or a name, if the checkpoint has none.");

    /// <summary>The folder of models.</summary>
    public static readonly SettingFlag Models =
        Value("--models", nameof(ModelStoreOptions.Models), "Folder of models that were pulled (models in the data folder).");

    /// <summary>Where models are pulled from; not a flag of the server, which pulls none.</summary>
    public static readonly SettingFlag Hub =
        Value("--hub", nameof(ModelStoreOptions.Hub), "Address of a hub, or a folder with models (HF_ENDPOINT or huggingface.co).");

    /// <summary>The profile of the checkpoint.</summary>
    public static readonly SettingFlag Profile =
        Value("--profile", nameof(EngineOptions.Profile), "0626 or classic, instead of what config.json implies.");

    /// <summary>All flags of the server, in the order of the help.</summary>
    public static IReadOnlyList<SettingFlag> All { get; } =
    [
        Value("--host", nameof(HttpOptions.Host), "Address to listen on (all of the machine)."),
        Port,
        Data,
        Model,
        Codec,
        Models,
        Profile,
        Value("--device", nameof(DeviceOptions.Device), "auto, cpu, cuda (all allowed GPUs) or cuda:N (auto)."),
        Value("--precision", nameof(DeviceOptions.Precision), "Of text and decoder (cpu: int8, or fp32, int4; cuda: fp16, or bf16)."),
        Value("--codec-precision", nameof(DeviceOptions.CodecPrecision), "Of the codec (fp32; cuda also: fp16)."),
        Value("--threads", nameof(EngineOptions.Threads), "Threads of ONNX Runtime (0: by the model's size)."),
        Value("--slots", nameof(EngineHostOptions.Slots), "Most requests decoded at the same time (by device and memory)."),
        Value("--role", nameof(LocalSiloOptions.Role), "dev, or a member of a cluster: all, api or gpu (dev)."),
        Switch("--dashboard", nameof(LocalSiloOptions.Dashboard), "Show the Orleans dashboard at /dashboard."),
        Switch("--debug", nameof(OverrideOptions.Debug), "debug_mode for this run, instead of the stored one: log more."),
        Switch("--save-outputs", nameof(OverrideOptions.SaveOutputs), "save_outputs for this run: keep each result."),
        Switch("--show-prompts", nameof(OverrideOptions.ShowPrompts), "show_prompts for this run: log the texts."),
        Value("--retention-hours", nameof(OverrideOptions.RetentionHours), "output_retention_hours for this run (24)."),
    ];

    /// <summary>The values that a command line gives, by the names of settings.</summary>
    public static Dictionary<string, string?> Read(ParseResult parsed) => All
        .Append(Hub)
        .Where(flag => parsed.GetResult(flag.Option) is { Implicit: false })
        .ToDictionary(flag => flag.Setting, flag => parsed.GetValue(flag.Option));

    private static SettingFlag Value(string name, string setting, string description) =>
        new(new Option<string?>(name) { Description = description }, setting);

    /// <summary>A flag whose value may be left out: it is on then.</summary>
    private static SettingFlag Switch(string name, string setting, string description)
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = "on|off",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens is [var token] ? token.Value : "on",
        };
        return new SettingFlag(option, setting);
    }
}
