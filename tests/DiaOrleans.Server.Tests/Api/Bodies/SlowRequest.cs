using System.Net.Sockets;
using System.Text;

namespace DiaOrleans.Server.Tests.Api.Bodies;

/// <summary>A request whose body the test sends in pieces.</summary>
internal sealed class SlowRequest : IDisposable
{
    private readonly TcpClient _connection = new();

    private NetworkStream Stream => _connection.GetStream();

    /// <summary>Sends the head, which announces a body of <paramref name="length"/> bytes.</summary>
    public static async Task<SlowRequest> Begin(
        Uri server,
        string path,
        long length,
        params string[] headers)
    {
        var request = new SlowRequest();
        await request._connection.ConnectAsync(server.Host, server.Port);
        var more = string.Concat(headers.Select(header => header + "\r\n"));
        await request.Send(
            Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Length: {length}\r\n{more}\r\n"));
        return request;
    }

    public async Task Send(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes);

    /// <summary>Sends that many bytes; false if the server closes the connection before.</summary>
    public async Task<bool> SendFilling(long count)
    {
        var block = new byte[64 << 10];
        Array.Fill(block, (byte)'a');
        try
        {
            for (; count > 0; count -= block.Length) await Send(block.AsMemory(0, (int)Math.Min(count, block.Length)));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The answer's status, or 0 if the connection ends without one; null if there is none in time.</summary>
    public async Task<int?> Status(TimeSpan limit)
    {
        using var enough = new CancellationTokenSource(limit);
        var head = new byte[12];
        try
        {
            return await Stream.ReadAtLeastAsync(
                head,
                head.Length,
                throwOnEndOfStream: false,
                enough.Token) < head.Length ? 0 : int.Parse(Encoding.ASCII.GetString(head)[9..]);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>True if the server closes the connection in time.</summary>
    public async Task<bool> Closes(TimeSpan limit)
    {
        using var enough = new CancellationTokenSource(limit);
        var block = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(block, enough.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _connection.Dispose();
}
