using System.ComponentModel.DataAnnotations;
using System.Net;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Hosting;

/// <summary>Where and how HTTP listens.</summary>
internal sealed record HttpOptions
{
    /// <summary>
    /// IP address that HTTP listens on, or localhost. :: is all addresses of the machine, of both families; 0.0.0.0 is all IPv4 addresses.
    /// Null, the default, is :: where the machine has IPv6, else 0.0.0.0.
    /// </summary>
    [ListenAddress]
    public string? Host { get; init; }

    /// <summary>Port that HTTP listens on: 0 to 65535, 7860 by default; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 7860;

    /// <summary>Connections at the same time; further ones are closed. 1 or more, 1000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxConnections { get; init; } = 1000;

    /// <summary><see cref="Host"/> as an address.</summary>
    public IPAddress Address => Host is null ? FreePorts.FindAllAddresses() : ListenAddressAttribute.Find(Host)!;
}
