using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class TcpKeepAliveTests
{
    [Fact]
    public async Task An_accepted_connection_is_probed_while_it_is_idle()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseTcpKeepAlive()));
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Run(context =>
        {
            var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
            var isOn = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0;
            var idle = (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!;
            return context.Response.WriteAsync($"{isOn} {idle}");
        });
        await app.StartAsync();
        using var client = new HttpClient();
        (await client.GetStringAsync(app.Urls.Single())).ShouldBe("True 60");
        await app.StopAsync();
    }
}
