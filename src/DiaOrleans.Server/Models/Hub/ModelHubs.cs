using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>Opens the hub of the settings.</summary>
internal static class ModelHubs
{
    /// <summary>Address of the public hub.</summary>
    public const string Public = "https://huggingface.co";

    /// <summary>A hub at an address, or in a folder.</summary>
    /// <param name="place">The setting; null or empty takes that of the environment, or the public hub.</param>
    /// <param name="environment">Has the token.</param>
    /// <param name="http">Client from <see cref="HttpFetch.CreateClient"/>.</param>
    /// <param name="limits">Limits of the requests.</param>
    public static IModelHub Open(string? place, HubEnvironment environment, HttpClient http, DownloadLimits limits)
    {
        var chosen = string.IsNullOrEmpty(place) ? environment.Endpoint ?? Public : place;
        return HubPlaceAttribute.FindAddress(chosen) is { } address
            ? new HttpHub(new HttpFetch(http, address, environment.Token), limits)
            : new FolderHub(Path.GetFullPath(chosen));
    }
}
