using System.Net.Sockets;
using System.Text;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Sends requests that client libraries do not write.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request without a body, its headers as Latin-1, and returns the whole answer.</summary>
    public static async Task<string> Send(Uri server, string requestLine, params string[] headers)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"{requestLine}\r\nHost: {server.Authority}\r\nConnection: "
                + $"close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
