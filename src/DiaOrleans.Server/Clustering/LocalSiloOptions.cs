using System.ComponentModel.DataAnnotations;
using System.Net;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Clustering;

/// <summary>The silo of this process, and the cluster that it is a member of.</summary>
internal sealed record LocalSiloOptions
{
    /// <summary>Name of the silo in a process that is alone.</summary>
    private const string OnlySilo = "local";

    /// <summary>dev (the default): this process alone, with SQLite. all, api, gpu: a member of a cluster, which needs a database.</summary>
    [OneOf("dev", "all", "api", "gpu")]
    public string Role
    {
        get;
        init => field = value.ToLowerInvariant();
    }
    = "dev";

    /// <summary>Name of the cluster: dia by default. Silos with the same database and the same name are one cluster.</summary>
    [Required(ErrorMessage = "a name")]
    public string ClusterId { get; init; } = "dia";

    /// <summary>
    /// The silo's name, which begins the keys of its workers: without a slash, and of no other silo of the cluster. Null, the default, is
    /// local in dev, else the variable POD_NAME, or the name of the machine.
    /// </summary>
    [SiloName]
    public string? Silo { get; init; }

    /// <summary>Port between silos: 0 to 65535; 0, the default, takes a free one in dev, else 11111.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; init; }

    /// <summary>
    /// IP address, or a name that has one, at which the other silos reach this one. Null, the default, is the variable POD_IP, or an
    /// address of this machine that is not loopback.
    /// </summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Whether the Orleans dashboard is shown at /dashboard; off by default.</summary>
    public bool Dashboard { get; init; }

    /// <summary><see cref="Role"/> as a value.</summary>
    public SiloRole Kind => Enum.Parse<SiloRole>(Role, ignoreCase: true);

    /// <summary>Whether the process is a member of a cluster.</summary>
    public bool IsMember => Kind != SiloRole.Dev;

    /// <summary>Whether engines run here.</summary>
    public bool HasEngines => Kind != SiloRole.Api;

    /// <summary>Whether it answers clients and keeps the grains that hold state.</summary>
    public bool KeepsState => Kind != SiloRole.Gpu;

    /// <summary>The silo's name, found if it is not set.</summary>
    public string Name => Silo ?? (IsMember ? FindVariable("POD_NAME") ?? Dns.GetHostName() : OnlySilo);

    /// <summary><see cref="AdvertisedHost"/>, or the variable POD_IP; null if neither is set.</summary>
    public string? Host => string.IsNullOrEmpty(AdvertisedHost) ? FindVariable("POD_IP") : AdvertisedHost;

    private static string? FindVariable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
