using System.Diagnostics;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.ClusterRecord;

/// <summary>The command <c>cluster</c> of the server's program.</summary>
internal static class ClusterCommand
{
    /// <summary>Runs it on the database of a cluster.</summary>
    public static async Task<(int Code, string Output)> Run(TestCluster cluster, params string[] arguments)
    {
        var start = ServerProcess.Command("unused");
        start.ArgumentList.Clear();
        foreach (var argument in (string[])[ServerProcess.Program, "cluster", .. arguments]) start.ArgumentList.Add(argument);
        start.Environment["DIA_DATABASE"] = cluster.Database;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
