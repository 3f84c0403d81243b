using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>A name server that answers each question for an IPv4 address with the same addresses; RFC 1035, 4.</summary>
internal sealed class AddressServer : IDisposable
{
    private const int HeaderBytes = 12;
    private const int TypeAndClassBytes = 4;
    private const ushort Answered = 0x8180;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPAddress[] _addresses;

    /// <param name="addresses">IPv4 addresses.</param>
    public AddressServer(params IPAddress[] addresses)
    {
        _addresses = addresses;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Answer();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint Address => _socket.LocalEndPoint!;

    public void Dispose() => _socket.Dispose();

    private async Task Answer()
    {
        var packet = new byte[512];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(packet, new IPEndPoint(IPAddress.Any, 0));
                var end = Array.IndexOf(packet, (byte)0, HeaderBytes) + 1 + TypeAndClassBytes;
                await _socket.SendToAsync(Reply(packet.AsSpan(0, end)), received.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The socket was disposed of at the end of the test.
        }
    }

    private byte[] Reply(ReadOnlySpan<byte> question)
    {
        var reply = new List<byte>(question.ToArray());
        foreach (var address in _addresses)
        {
            // A pointer to the name of the question, type A, class IN, a time to live of 1 s, 4 bytes.
            reply.AddRange([0xC0, HeaderBytes, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, .. address.GetAddressBytes()]);
        }

        var bytes = reply.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Answered);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)_addresses.Length);
        bytes.AsSpan(8, 4).Clear();
        return bytes;
    }
}
