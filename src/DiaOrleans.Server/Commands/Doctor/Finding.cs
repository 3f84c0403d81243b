using System.Text.Json.Serialization;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Verdict
{
    /// <summary>Nothing is wrong.</summary>
    Ok,

    /// <summary>The server runs, but not with all functions.</summary>
    Warning,

    /// <summary>The server does not run.</summary>
    Problem,
}

/// <summary>The result of one check.</summary>
/// <param name="Check">Name of the check.</param>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do about it, or null.</param>
internal sealed record Finding(
    string Check,
    Verdict Verdict,
    string Found,
    [property: JsonPropertyName("mend")] string? Advice = null);
