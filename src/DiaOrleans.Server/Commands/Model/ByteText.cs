using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>Numbers of bytes for people.</summary>
internal static class ByteText
{
    /// <summary>In the decimal unit that gives it one to three digits before the point: 6.4 GB.</summary>
    public static string Show(long bytes) => bytes switch
    {
        >= 1_000_000_000 => Invariant($"{bytes / 1e9:0.0} GB"),
        >= 1_000_000 => Invariant($"{bytes / 1e6:0.0} MB"),
        >= 1_000 => Invariant($"{bytes / 1e3:0.0} kB"),
        _ => Invariant($"{bytes} B"),
    };
}
