using System.Diagnostics;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>Starts this program again, for work that may crash.</summary>
internal static class OwnProgram
{
    private const string Dotnet = "dotnet";

    /// <summary>
    /// The command line of a child process: the executable if this process runs it, else its assembly under dotnet. In tests this process
    /// is the test runner. Its standard streams are redirected.
    /// </summary>
    /// <param name="arguments">The command and its arguments.</param>
    public static ProcessStartInfo Command(params string[] arguments)
    {
        var start = FindProgram(arguments);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        return start;
    }

    private static ProcessStartInfo FindProgram(string[] arguments)
    {
        var name = typeof(OwnProgram).Assembly.GetName().Name!;
        var path = Environment.ProcessPath ?? "";
        var file = Path.GetFileName(path);
        if (file == name || file == $"{name}.exe") return new ProcessStartInfo(path, arguments);
        var host = file is Dotnet or $"{Dotnet}.exe" ? path : Dotnet;
        return new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), .. arguments]);
    }
}
