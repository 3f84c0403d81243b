namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Verdict
{
    Ok,
    Warning,
    Problem,
}

/// <summary>What one check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Found">What is there.</param>
/// <param name="Mend">What to do about it, where something is to be done.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Found, string? Mend = null);
