using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DiaOrleans.Server.Hosting;

/// <summary>
/// Lets the operating system find connections whose peer has gone without a word. While data waits to be sent, its retransmission does
/// that; a peer that lives and does not read answers the probes and keeps its connection.
/// </summary>
internal static class TcpKeepAlive
{
    private const int IdleSeconds = 60;
    private const int ProbeSeconds = 15;
    private const int Probes = 8;

    /// <summary>Switches keep-alive on for the accepted connections.</summary>
    public static void UseTcpKeepAlive(this ListenOptions listen) => listen.Use(next => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is { } feature) SwitchOn(feature.Socket);
        return next(connection);
    });

    private static void SwitchOn(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has closed the connection already, or the system does not have the option.
        }
    }
}
