using System.Diagnostics;

namespace DiaOrleans.Server.Tests.Silence;

/// <summary>
/// Runs one program and records which names it looks up, what it sends to other machines and which files it writes outside its folders: in
/// a network namespace, under strace, or both, as this machine allows; always with a home and a working folder of its own.
/// </summary>
internal sealed class WatchedProcess : IDisposable
{
    /// <summary>Prefixes of variables that could stop a program from sending, or let it write elsewhere.</summary>
    private static readonly string[] Removed = ["XDG_", "DIA_", "ORT_"];

    private readonly TemporaryFolder _folder = new();
    private readonly NetworkNamespace? _network;
    private readonly string? _log;
    private int _process;

    private WatchedProcess()
    {
        foreach (var folder in (string[])["etc", "home", "work", "temporary", "data"]) Directory.CreateDirectory(_folder.File(folder));
        _network = NetworkNamespace.TryCreate(_folder.File("etc"), out var noNetwork);
        var noTrace = SystemCalls.FindProblem();
        if (noTrace is null) _log = _folder.File("calls");
        Means = $"{noNetwork ?? "in a network namespace"}; {noTrace ?? "under strace"}";
        CanObserve = _network is not null || _log is not null;
    }

    /// <summary>The data folder of the program.</summary>
    public string Data => _folder.File("data");

    /// <summary>How the program is observed.</summary>
    public string Means { get; }

    private bool CanObserve { get; }

    public static WatchedProcess Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are watched on Linux");
        var watched = new WatchedProcess();
        if (watched.CanObserve) return watched;
        watched.Dispose();
        Assert.Skip(watched.Means);
        return watched;
    }

    /// <summary>For a client of the program.</summary>
    public HttpMessageHandler Handler() => _network?.Handler() ?? new SocketsHttpHandler();

    /// <summary>Starts the program; the caller ends it.</summary>
    public Process Start(ProcessStartInfo start)
    {
        start.WorkingDirectory = _folder.File("work");
        foreach (var name in start.Environment.Keys.ToArray())
            if (Removed.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) start.Environment.Remove(name);
        start.Environment["HOME"] = _folder.File("home");
        start.Environment["TMPDIR"] = _folder.File("temporary");
        if (_log is not null) SystemCalls.Trace(start, _log);
        var process = _network is null ? Process.Start(start)! : _network.Run(() => Process.Start(start)!);
        _process = process.Id;
        return process;
    }

    /// <summary>After the program has ended: names that it looked up, addresses outside loopback, files outside its folders.</summary>
    public async Task<IReadOnlyList<string>> Sightings()
    {
        var seen = new List<string>();
        if (_network is not null)
        {
            seen.AddRange(_network.Names.LookedUp.Select(name => $"name {name}"));
            if (_network.Unroutable() is > 0 and var count) seen.Add($"addresses outside loopback: {count}");
        }

        foreach (var folder in (string[])["home", "work"]) seen.AddRange(FilesIn(_folder.File(folder)).Select(path => $"file {path}"));
        if (_log is not null) seen.AddRange((await SystemCalls.ReadAll(_log, _process)).SelectMany(FindIn));
        return [.. seen.Distinct()];
    }

    public void Dispose()
    {
        _network?.Dispose();
        _folder.Dispose();
    }

    private IEnumerable<string> FindIn(string call)
    {
        foreach (var address in SystemCalls.Addresses(call)) yield return $"address {address}";
        foreach (var path in SystemCalls.Written(call, _folder.File("work")))
            if (!IsAllowed(path)) yield return $"file {path}";
    }

    private bool IsAllowed(string path) =>
        ((string[])["data", "temporary"]).Any(name => $"{path}/".StartsWith($"{_folder.File(name)}/", StringComparison.Ordinal));

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories);
}
