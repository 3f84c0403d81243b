using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DiaOrleans.Server.Tests.Silence;

/// <summary>A name server that records each name that is looked up, and answers that it does not exist.</summary>
internal sealed class NameServer : IDisposable
{
    private const int HeaderBytes = 12;
    private const ushort NoSuchName = 0x8183;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<string> _lookedUp = new();

    /// <summary>Listens on loopback, in the network namespace of this thread.</summary>
    public NameServer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 53));
        _ = Answer();
    }

    /// <summary>The names, in the order of the look-ups.</summary>
    public IReadOnlyCollection<string> LookedUp => _lookedUp;

    public void Dispose() => _socket.Dispose();

    private async Task Answer()
    {
        var packet = new byte[512];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(packet, new IPEndPoint(IPAddress.Any, 0));
                if (received.ReceivedBytes < HeaderBytes) continue;
                _lookedUp.Enqueue(ReadName(packet.AsSpan(HeaderBytes, received.ReceivedBytes - HeaderBytes)));
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), NoSuchName);
                await _socket.SendToAsync(packet.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The socket was disposed of at the end of the test.
        }
    }

    /// <summary>The name of a question: labels, each after its length; RFC 1035, 4.1.2.</summary>
    private static string ReadName(ReadOnlySpan<byte> question)
    {
        var labels = new List<string>();
        while (question.Length > 1 && question[0] is var length and > 0 && length < question.Length)
        {
            labels.Add(Encoding.ASCII.GetString(question.Slice(1, length)));
            question = question[(1 + length)..];
        }

        return string.Join('.', labels);
    }
}
