using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace DiaOrleans.Server.Tests.Silence;

/// <summary>
/// A network with only a loopback device, for processes and sockets that are created on its thread: on Linux a namespace belongs to a
/// thread, and children and sockets inherit it. Names are looked up at a name server in the namespace. Needs root.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    /// <summary>Files of /etc that select the name server in the namespace.</summary>
    private static readonly (string File, string Text)[] Resolving =
        [("resolv.conf", "nameserver 127.0.0.1\n"), ("nsswitch.conf", "hosts: files dns\n"), ("hosts", "127.0.0.1 localhost\n")];

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private NetworkNamespace()
    {
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable()) work();
        }) { IsBackground = true };
        _thread.Start();
    }

    public NameServer Names { get; private set; } = null!;

    /// <summary>Creates a namespace, or returns null.</summary>
    /// <param name="folder">Folder of the files that replace those in /etc.</param>
    /// <param name="problem">Why there is none, or null.</param>
    public static NetworkNamespace? TryCreate(string folder, out string? problem)
    {
        var network = new NetworkNamespace();
        try
        {
            network.Names = network.Run(() => Enter(folder));
            problem = null;
            return network;
        }
        catch (Exception cause) when (cause is Win32Exception or SocketException or DllNotFoundException)
        {
            network._work.CompleteAdding();
            problem = $"no network namespace: {cause.Message}";
            return null;
        }
    }

    /// <summary>Runs a function on the thread of the namespace.</summary>
    public T Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception problem)
            {
                done.SetException(problem);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <summary>A handler for clients of a server in the namespace.</summary>
    public HttpMessageHandler Handler() => new SocketsHttpHandler
    {
        ConnectCallback = async (connection, cancellation) =>
        {
            var socket = Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Packets to addresses outside loopback: the kernel drops them, as there is no route, and counts them.</summary>
    public long Unroutable() => Run(() => UnroutableIp4() + UnroutableIp6());

    public void Dispose()
    {
        Names.Dispose();
        _work.CompleteAdding();
        _thread.Join();
    }

    private static NameServer Enter(string folder)
    {
        const int NewMounts = 0x0002_0000;
        const int NewNetwork = 0x4000_0000;
        const nuint Recursive = 0x4000;
        const nuint Private = 1 << 18;
        const nuint Bind = 0x1000;
        Check(Unshare(NewMounts | NewNetwork));
        // Mounts in this namespace must not appear in that of the machine.
        Check(Mount("none", "/", null, Recursive | Private));
        // A file that the machine does not have need not be replaced: libc then uses a name server on loopback.
        foreach (var (file, text) in Resolving.Where(one => File.Exists($"/etc/{one.File}")))
        {
            File.WriteAllText(Path.Combine(folder, file), text);
            Check(Mount(Path.Combine(folder, file), $"/etc/{file}", null, Bind));
        }

        Start("lo");
        return new NameServer();
    }

    /// <summary>Brings a network device up.</summary>
    private static void Start(string device)
    {
        const nuint SetFlags = 0x8914;
        const byte Up = 1;
        // struct ifreq: 16 bytes of name, then the flags.
        var request = new byte[40];
        Encoding.ASCII.GetBytes(device, request);
        request[16] = Up;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Check(Ioctl((int)socket.Handle, SetFlags, request));
    }

    /// <summary>The file has a line of names above each line of values.</summary>
    private static long UnroutableIp4()
    {
        var lines = File.ReadLines("/proc/thread-self/net/snmp").Where(line => line.StartsWith("Ip:", StringComparison.Ordinal));
        var rows = lines.Select(line => line.Split(' ')).ToArray();
        return long.Parse(rows[1][Array.IndexOf(rows[0], "OutNoRoutes")]);
    }

    /// <summary>The file has a name and a value a line; a machine without IPv6 has none.</summary>
    private static long UnroutableIp6()
    {
        const string Values = "/proc/thread-self/net/snmp6";
        if (!File.Exists(Values)) return 0;
        var line = File.ReadLines(Values).Single(line => line.StartsWith("Ip6OutNoRoutes", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'])[^1]);
    }

    private static void Check(int result)
    {
        if (result != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    private static extern int Mount(string source, string target, string? type, nuint flags, nint data = 0);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Ioctl(int file, nuint request, byte[] argument);
}
