using System.Net;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>What a host is by its name alone; nothing is looked up.</summary>
internal static class HostNames
{
    private const string Localhost = "localhost";

    /// <summary>Top-level names that no public name server gives to anybody.</summary>
    private static readonly string[] LocalSuffixes = [".local", ".lan", ".home.arpa", ".internal", ".localhost"];

    /// <summary>An IP address, with brackets where it is IPv6.</summary>
    public static bool IsAddress(string host) => IPAddress.TryParse(host, out _);

    /// <summary>localhost, 127.0.0.0/8 or [::1].</summary>
    public static bool IsLoopback(string host) =>
        host.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// A name that means something on this machine or its network only: without a dot, or under a name that is kept for local use.
    /// </summary>
    public static bool IsLocal(string host) => !host.Contains('.') || LocalSuffixes.Any(suffix => IsUnder(host, suffix));

    private static bool IsUnder(string host, string suffix) =>
        host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
}
