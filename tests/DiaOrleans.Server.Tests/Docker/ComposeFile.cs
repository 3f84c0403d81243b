using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>A compose file.</summary>
internal sealed partial class ComposeFile(string name)
{
    private readonly JsonNode _root = DockerFiles.ReadYaml(name);

    /// <summary>The services by their names.</summary>
    public IReadOnlyDictionary<string, JsonObject> Services => Section("services");

    /// <summary>Services that run the server, without the one that migrates the database.</summary>
    public IReadOnlyDictionary<string, JsonObject> Servers => Services
        .Where(service => $"{service.Value["image"]}".StartsWith("diaorleans", StringComparison.Ordinal))
        .Where(service => service.Value["command"] is null)
        .ToDictionary();

    /// <summary>A section of the file; empty if it has none.</summary>
    public IReadOnlyDictionary<string, JsonObject> Section(string section) =>
        _root[section]?.AsObject().ToDictionary(item => item.Key, item => item.Value!.AsObject()) ?? [];

    /// <summary>Variables of a service, with the defaults of those that Compose takes from its environment.</summary>
    public static Dictionary<string, string> Variables(JsonObject service) =>
        service["environment"]?.AsObject().ToDictionary(item => item.Key, item => Default().Replace($"{item.Value}", "$1")) ?? [];

    /// <summary>The texts of a list of a service; empty if it has none.</summary>
    public static string[] List(JsonObject service, string key) => [.. service[key]?.AsArray().Select(item => $"{item}") ?? []];

    /// <summary>Names that a service depends on.</summary>
    public static IEnumerable<string> Dependencies(JsonObject service) => service["depends_on"] switch
    {
        JsonObject conditions => conditions.Select(item => item.Key),
        JsonArray names => names.Select(item => $"{item}"),
        _ => [],
    };

    [GeneratedRegex(@"\$\{\w+:-([^}]*)\}")]
    private static partial Regex Default();
}
