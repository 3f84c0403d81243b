using System.ComponentModel.DataAnnotations;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Hosting;

/// <summary>The silo of this process.</summary>
internal sealed record LocalSiloOptions
{
    /// <summary>The silo's name, which begins the keys of its workers: without a slash, local by default.</summary>
    [SiloName]
    public string Silo { get; init; } = "local";

    /// <summary>Loopback port between silos: 0 to 65535; 0, the default, takes a free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; init; }

    /// <summary>Loopback port for cluster clients: 0 to 65535; 0, the default, takes a free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; init; }

    /// <summary>Whether the Orleans dashboard is shown at /dashboard; off by default.</summary>
    public bool Dashboard { get; init; }
}
