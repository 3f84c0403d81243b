using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DiaOrleans.Cluster.Tests.Partitions;

/// <summary>
/// A network of silos, each in a network namespace of its own, on one bridge that can be cut between any two of them. Files, and so the
/// Unix socket of PostgreSQL, are the same for all. Needs root, ip and nsenter.
/// </summary>
internal sealed class SiloNetwork : IDisposable
{
    private const int CloneNetwork = 0x40000000;

    private readonly string _prefix = $"dia{Environment.ProcessId}";
    private readonly List<string> _namespaces = [];

    private SiloNetwork()
    {
    }

    private string Switch => $"{_prefix}s";

    /// <summary>Makes a network of so many places, from 1; if that is not possible, the test is skipped.</summary>
    public static async Task<SiloNetwork> Create(int places)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces need Linux and root");
        var network = new SiloNetwork();
        try
        {
            await network.AddNamespace(network.Switch);
            await Ip($"-n {network.Switch} link add br0 type bridge");
            await Ip($"-n {network.Switch} link set br0 up");
            for (var place = 1; place <= places; place++) await network.AddPlace(place);
            return network;
        }
        catch (Exception problem) when (problem is Win32Exception or IOException)
        {
            network.Dispose();
            Assert.Skip($"no network namespaces: {problem.Message}");
            throw;
        }
    }

    /// <summary>Address of a place.</summary>
    public static string Address(int place) => $"10.99.0.{place}";

    /// <summary>The start of a process at a place.</summary>
    /// <param name="place">Its number.</param>
    /// <param name="start">The start of the process elsewhere; it is changed.</param>
    public void Enter(int place, ProcessStartInfo start)
    {
        // Unlike ip, nsenter leaves /sys as it is, where .NET looks for the limits of its memory.
        string[] command = [$"--net={File(place)}", start.FileName, .. start.ArgumentList];
        start.FileName = "nsenter";
        start.ArgumentList.Clear();
        foreach (var argument in command) start.ArgumentList.Add(argument);
    }

    /// <summary>A handler for clients of a server on the loopback of a place.</summary>
    public HttpMessageHandler Handler(int place) => new SocketsHttpHandler
    {
        ConnectCallback = async (connection, cancellation) =>
        {
            var socket = await OpenSocket(File(place));
            await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Cuts two places off from each other, or ends that. Others see both.</summary>
    public async Task Cut(int one, int other, bool cut = true)
    {
        foreach (var place in (int[])[one, other])
            await Ip($"-n {Switch} link set v{place} type bridge_slave isolated {(cut ? "on" : "off")}");
    }

    public void Dispose()
    {
        foreach (var name in _namespaces)
        {
            using var deleting = Process.Start("ip", ["netns", "del", name]);
            deleting.WaitForExit();
        }
    }

    private string Name(int place) => $"{_prefix}p{place}";

    private string File(int place) => $"/run/netns/{Name(place)}";

    private async Task AddNamespace(string name)
    {
        await Ip($"netns add {name}");
        _namespaces.Add(name);
    }

    private async Task AddPlace(int place)
    {
        var name = Name(place);
        await AddNamespace(name);
        await Ip($"link add v{place} netns {Switch} type veth peer name eth0 netns {name}");
        await Ip($"-n {Switch} link set v{place} master br0 up");
        await Ip($"-n {name} addr add {Address(place)}/24 dev eth0");
        await Ip($"-n {name} link set eth0 up");
        await Ip($"-n {name} link set lo up");
    }

    /// <summary>A socket belongs to the namespace of the thread that makes it. That thread ends: no other code runs in it.</summary>
    private static Task<Socket> OpenSocket(string network)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var file = System.IO.File.OpenHandle(network);
                if (SetNamespace(file.DangerousGetHandle().ToInt32(), CloneNetwork) != 0) throw new Win32Exception();
                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (Exception problem)
            {
                made.SetException(problem);
            }
        });
        thread.Start();
        return made.Task;
    }

    private static async Task Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new IOException($"ip {arguments}: {errors.Trim()}");
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int file, int kind);
}
