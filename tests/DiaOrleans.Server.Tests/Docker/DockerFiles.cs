using System.Text.Json.Nodes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Lifetime;
using DiaOrleans.Server.Settings;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The files of the folder docker.</summary>
internal static class DockerFiles
{
    /// <summary>Root of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    /// <summary>The settings by their variables.</summary>
    public static IReadOnlyDictionary<string, Setting> Settings { get; } =
        Setting.FindAll(ServerSettings.Classes).ToDictionary(setting => setting.Variable);

    /// <summary>Path of a file under docker.</summary>
    public static string PathOf(string name) => Path.Combine(Root, "docker", name);

    /// <summary>Text of a file under docker.</summary>
    public static string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>A YAML file of one document: mappings, sequences and strings, with merge keys resolved.</summary>
    public static JsonNode ReadYaml(string name)
    {
        var text = Read(name);
        // A key beside a merge key may replace one of the merged keys, which the check would take for a duplicate.
        new DeserializerBuilder().WithDuplicateKeyChecking().Build().Deserialize<object>(text);
        var content = new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text))));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(content))!;
    }

    /// <summary>How long a server with these settings takes at most to end after it is told to stop.</summary>
    public static TimeSpan LongestStop(OptionsSet options) =>
        options.Get<DrainOptions>().PauseOf(options.Get<LocalSiloOptions>().IsMember)
        + options.Get<EngineHostOptions>().DrainLimit
        + DiaServer.StopMargin;

    /// <summary>
    /// Reads the settings that variables give, as the server does. Values of the environment of Compose are taken as unset, and a file in
    /// /run/secrets is one that has a connection string.
    /// </summary>
    /// <exception cref="SettingsException">A value is not valid.</exception>
    public static OptionsSet ReadSettings(IReadOnlyDictionary<string, string> variables)
    {
        using var folder = new TemporaryFolder();
        var secret = folder.File("secret");
        File.WriteAllText(secret, "Host=postgres;Database=dia;Username=dia;Password=a\n");
        string? Get(string name) =>
            variables.GetValueOrDefault(name) is { } value && value.StartsWith("/run/secrets/", StringComparison.Ordinal)
                ? secret
                : variables.GetValueOrDefault(name);
        return new SettingsReader(ServerSettings.Classes, Get).Read(null, new Dictionary<string, string?>()).Options;
    }
}
