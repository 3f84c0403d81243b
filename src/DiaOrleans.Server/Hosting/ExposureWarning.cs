using System.Net;
using DiaOrleans.Server.Api;

namespace DiaOrleans.Server.Hosting;

/// <summary>Warns at the start if anyone on the network can use the server.</summary>
internal static partial class ExposureWarning
{
    /// <summary>Whether other machines can reach the server and need no key.</summary>
    public static bool Applies(HttpOptions http, ApiOptions api) => api.Keys.Count == 0 && !IPAddress.IsLoopback(http.Address);

    /// <summary>Logs the warning if it applies.</summary>
    public static void Log(HttpOptions http, ApiOptions api, ILogger logger)
    {
        if (Applies(http, api)) OpenToAll(logger, http.Host ?? "this machine");
    }

    [LoggerMessage(
        714,
        LogLevel.Warning,
        "Anyone who can reach {Host} can use this server, and read, change and delete what it stores: set an API key (DIA_API_KEY or "
        + "DIA_API_KEY_FILE), or listen on this machine only (--host 127.0.0.1).")]
    private static partial void OpenToAll(ILogger logger, string host);
}
