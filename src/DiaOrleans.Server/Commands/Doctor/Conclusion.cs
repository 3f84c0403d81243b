using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>The last line of <c>doctor</c>: whether a server can start, and the one thing to do next.</summary>
internal static class Conclusion
{
    /// <summary>Draws it from the findings; the first problem counts, else the first warning.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="running">The server that uses the data folder now, or null.</param>
    public static string Of(IReadOnlyList<Finding> findings, FolderServer? running)
    {
        if (First(findings, Verdict.Problem) is { } problem) return $"Not ready. Do this first: {Say(problem)}";
        if (First(findings, Verdict.Warning) is not { } warning)
        {
            return running is null
                ? "Ready: start the server with ./run.sh"
                : $"Ready: the server of this data folder runs, on port {running.Port}. Nothing is to be done.";
        }

        var warnings = findings.Count(finding => finding.Verdict == Verdict.Warning);
        return $"Ready, with {warnings} {(warnings == 1 ? "warning" : "warnings")}. To mend the first: {Say(warning)}";
    }

    private static Finding? First(IEnumerable<Finding> findings, Verdict verdict) =>
        findings.FirstOrDefault(finding => finding.Verdict == verdict);

    private static string Say(Finding finding) => $"{finding.Check}: {finding.Advice ?? finding.Found}";
}
