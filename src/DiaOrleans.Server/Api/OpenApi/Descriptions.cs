using System.Text.RegularExpressions;
using DiaOrleans.Server.Api.OpenApi.Areas;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The descriptions of all operations, and the mapping from routes to them.</summary>
internal static partial class Descriptions
{
    private const string VersionPrefix = "/v1";

    /// <summary>All operations, in the order of the document.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        .. InArea(SpeechOperations.Area, SpeechOperations.All),
        .. InArea(VoiceOperations.Area, VoiceOperations.All),
        .. InArea(PromptOperations.Area, PromptOperations.All),
        .. InArea(JobOperations.Area, JobOperations.All),
        .. InArea(LogOperations.Area, LogOperations.All),
        .. InArea(ConfigurationOperations.Area, ConfigurationOperations.All),
        .. InArea(StatusOperations.Area, StatusOperations.All),
    ];

    // After All: static members are initialised in the order of the text.
    private static readonly Dictionary<string, Operation> ByKey = All.ToDictionary(operation => MakeKey(operation.Method, operation.Path));

    /// <summary>The operation of a route, or of the same route with or without /v1; null if it has no description.</summary>
    public static Operation? Find(string method, string route)
    {
        if (ByKey.GetValueOrDefault(MakeKey(method, route)) is { } exact) return exact;
        var hasPrefix = route == VersionPrefix || route.StartsWith(VersionPrefix + "/", StringComparison.Ordinal);
        return ByKey.GetValueOrDefault(MakeKey(method, hasPrefix ? route[VersionPrefix.Length..] : VersionPrefix + route));
    }

    /// <summary>Methods and routes of the endpoints that are part of the public API.</summary>
    public static IEnumerable<(string Method, string Route)> ListRoutes(IEnumerable<Endpoint> endpoints) =>
        from endpoint in endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'));

    private static IEnumerable<Operation> InArea(string area, IReadOnlyList<Operation> operations) =>
        operations.Select(operation => operation with { Area = area });

    /// <summary>The key of a route; the names of its parameters do not matter.</summary>
    private static string MakeKey(string method, string path) => $"{method} /{Parameter().Replace(path, "{}").Trim('/')}";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
