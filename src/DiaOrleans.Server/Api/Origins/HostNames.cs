using System.Net;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>Classifies hosts by their names alone; no name is looked up.</summary>
internal static class HostNames
{
    private const string Localhost = "localhost";

    /// <summary>Suffixes that are reserved for local networks: no public DNS has names under them.</summary>
    private static readonly string[] LocalSuffixes = [".local", ".lan", ".home.arpa", ".internal", ".localhost"];

    /// <summary>True for an IP address; an IPv6 address has brackets.</summary>
    public static bool IsAddress(string host) => IPAddress.TryParse(host, out _);

    /// <summary>True for localhost, 127.0.0.0/8 and [::1].</summary>
    public static bool IsLoopback(string host) =>
        host.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>True for a name that can only be resolved on this machine or its network: without a dot, or with a local suffix.</summary>
    public static bool IsLocal(string host) => !host.Contains('.') || LocalSuffixes.Any(suffix => IsUnder(host, suffix));

    private static bool IsUnder(string host, string suffix) =>
        host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
}
