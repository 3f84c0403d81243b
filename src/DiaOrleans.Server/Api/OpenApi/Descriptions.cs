using System.Text.RegularExpressions;
using DiaOrleans.Server.Api.OpenApi.Areas;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The description of every operation, and which endpoint it belongs to.</summary>
internal static partial class Descriptions
{
    private const string TwinPrefix = "/v1";

    public static IReadOnlyList<(string Area, IReadOnlyList<Operation> Operations)> Areas { get; } =
    [
        (SpeechOperations.Area, SpeechOperations.All),
        (VoiceOperations.Area, VoiceOperations.All),
        (PromptOperations.Area, PromptOperations.All),
        (JobOperations.Area, JobOperations.All),
        (LogOperations.Area, LogOperations.All),
        (ConfigurationOperations.Area, ConfigurationOperations.All),
        (SystemOperations.Area, SystemOperations.All),
    ];

    public static IReadOnlyList<Operation> All { get; } = [.. Areas.SelectMany(area => area.Operations.Select(operation => operation with { Area = area.Area }))];

    private static readonly Dictionary<string, Operation> ByKey = All.ToDictionary(operation => Key(operation.Method, operation.Path));

    /// <summary>What describes a route: its own description, or that of the route of which it is the /v1 twin.</summary>
    public static Operation? Of(string method, string route)
    {
        if (ByKey.GetValueOrDefault(Key(method, route)) is { } exact) return exact;
        return route == TwinPrefix || route.StartsWith(TwinPrefix + "/", StringComparison.Ordinal) ? ByKey.GetValueOrDefault(Key(method, route[TwinPrefix.Length..])) : null;
    }

    /// <summary>Methods and routes of the endpoints that clients may know of.</summary>
    public static IEnumerable<(string Method, string Route)> Mapped(IEnumerable<Endpoint> endpoints) =>
        from endpoint in endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'));

    /// <summary>The names of ids in a route do not matter.</summary>
    private static string Key(string method, string path) => $"{method} /{Id().Replace(path, "{}").Trim('/')}";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Id();
}
