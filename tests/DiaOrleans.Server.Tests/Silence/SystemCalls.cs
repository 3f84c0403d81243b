using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests.Silence;

/// <summary>Traces the system calls of a process and its children with strace, and reads its log.</summary>
internal static partial class SystemCalls
{
    // A question mark: the architecture may not have the call.
    private const string Calls = "connect,sendto,sendmsg,sendmmsg,openat,?openat2,?open,?creat,?mkdir,mkdirat,"
        + "?rename,?renameat,renameat2,?link,linkat,?symlink,symlinkat,?mknod,mknodat";

    private const int NamePort = 53;

    private static readonly string[] Harmless = ["/dev/", "/proc/"];

    /// <summary>Why processes cannot be traced on this machine; null if they can.</summary>
    public static string? FindProblem()
    {
        try
        {
            var start = new ProcessStartInfo("true") { RedirectStandardError = true };
            Trace(start, "/dev/null");
            using var trial = Process.Start(start)!;
            var said = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"strace fails: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "no strace on the PATH";
        }
    }

    /// <summary>Changes a start so that the program is traced. The program is the started process, the tracer its grandchild.</summary>
    public static void Trace(ProcessStartInfo start, string log)
    {
        string[] options = ["-D", "-f", "-q", "-y", "--seccomp-bpf", "-s", "256", "-e", $"trace={Calls}", "-o", log, "--", start.FileName];
        for (var i = 0; i < options.Length; i++) start.ArgumentList.Insert(i, options[i]);
        start.FileName = "strace";
    }

    /// <summary>Waits until the log of a process that has ended is written to its end.</summary>
    public static async Task<string[]> ReadAll(string log, int process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var lines = await File.ReadAllLinesAsync(log, limit.Token);
            if (lines.Any(line => Regex.IsMatch(line, $@"^{process} +\+\+\+ "))) return lines;
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>The addresses that a call connects or sends to: those outside loopback, and every name server.</summary>
    public static IEnumerable<string> Addresses(string line)
    {
        if (Resolver().IsMatch(line)) yield return "the system's resolver";
        foreach (Match match in Address().Matches(line))
        {
            var address = IPAddress.Parse(match.Groups["v4"].Success ? match.Groups["v4"].Value : match.Groups["v6"].Value);
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            var port = int.Parse(match.Groups["port"].Value);
            if (!IPAddress.IsLoopback(address) || port == NamePort) yield return new IPEndPoint(address, port).ToString();
        }
    }

    /// <summary>The files that a call creates or opens for writing, except devices and files of /proc.</summary>
    public static IEnumerable<string> Written(string line, string workingFolder) =>
        from Match match in Making().IsMatch(line) || Opening().IsMatch(line) ? PathOf().Matches(line) : Enumerable.Empty<Match>()
        let path = Path.GetFullPath(Path.Combine(match.Groups["folder"].Value, match.Groups["path"].Value), workingFolder)
        where !Harmless.Any(start => path.StartsWith(start, StringComparison.Ordinal))
        select path;

    [GeneratedRegex("""sin6?_port=htons\((?<port>\d+)\),.*?(?:inet_addr\("(?<v4>[^"]+)"|inet_pton\(AF_INET6, "(?<v6>[^"]+)")""")]
    private static partial Regex Address();

    [GeneratedRegex("""connect\(.*sun_path="[^"]*/systemd/resolve/""")]
    private static partial Regex Resolver();

    [GeneratedRegex(@"^\d+ +(?:creat|mkdir|rename|link|symlink|mknod)\w*\(")]
    private static partial Regex Making();

    [GeneratedRegex(@"^\d+ +open\w*\(.*\b(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)\b")]
    private static partial Regex Opening();

    [GeneratedRegex(@"(?:(?:AT_FDCWD|\d+)<(?<folder>[^>]*)>, )?""(?<path>[^""]*)""")]
    private static partial Regex PathOf();
}
