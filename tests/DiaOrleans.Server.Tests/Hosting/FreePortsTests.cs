using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class FreePortsTests
{
    [Fact]
    public void Keeps_the_ports_that_are_set_and_fills_the_others_with_free_ones()
    {
        var ports = FreePorts.Fill(0, 11111, 0);
        ports[1].ShouldBe(11111);
        ports[0].ShouldNotBe(ports[2]);
        foreach (var port in (int[])[ports[0], ports[2]])
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
    }

    [Fact]
    public void All_addresses_are_those_of_both_families_if_there_is_ipv6() =>
        FreePorts.FindAllAddresses().ShouldBe(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);

    [Fact]
    public void A_port_that_one_family_uses_is_not_free_for_both()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6");
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Should.Throw<SettingsException>(() => FreePorts.Require(IPAddress.IPv6Any, port)).Message.ShouldContain($"[::]:{port}");
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Should.Throw<SettingsException>(() => FreePorts.Require(IPAddress.Loopback, port)).Message.ShouldContain($"127.0.0.1:{port}");
        listener.Stop();
        FreePorts.Require(IPAddress.Loopback, port);
    }
}
