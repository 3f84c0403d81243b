using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Clustering;

public sealed class SiloEndpointTests
{
    private readonly LocalSiloOptions _options = new() { Role = "all", SiloPort = FreePorts.Fill(0)[0] };

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("localhost", "127.0.0.1", "127.0.0.1")]
    [InlineData("192.0.2.7", "192.0.2.7", "0.0.0.0")]
    [InlineData("2001:db8::7", "2001:db8::7", "::")]
    public void A_silo_listens_on_its_address_or_on_all_if_another_machine_has_it(string host, string advertised, string listening)
    {
        Assert.SkipWhen(listening.Contains(':') && !Socket.OSSupportsIPv6, "there is no IPv6");
        var endpoint = SiloEndpoint.Find(_options with { AdvertisedHost = host });
        endpoint.Advertised.ShouldBe(new IPEndPoint(IPAddress.Parse(advertised), _options.SiloPort));
        endpoint.Listening.ShouldBe(new IPEndPoint(IPAddress.Parse(listening), _options.SiloPort));
    }

    [Fact]
    public void A_port_that_another_program_has_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        var options = _options with { AdvertisedHost = "127.0.0.1", SiloPort = taken.Port };
        Should.Throw<SettingsException>(() => SiloEndpoint.Find(options)).Message.ShouldStartWith($"The silo cannot listen on {taken}: ");
    }

    [Fact]
    public void A_host_without_an_address_is_refused() =>
        Should.Throw<SettingsException>(() => SiloEndpoint.Find(_options with { AdvertisedHost = "no-such-host.invalid" }))
            .Message.ShouldBe(
                "advertised host is 'no-such-host.invalid', which has no address; expected an IP address or a name that has one.");

    [Fact]
    public void The_name_of_a_member_is_that_of_the_machine_if_none_is_set()
    {
        new LocalSiloOptions().Name.ShouldBe("local");
        (_options with { Silo = "one" }).Name.ShouldBe("one");
        Assert.SkipWhen(Environment.GetEnvironmentVariable("POD_NAME") is not null, "POD_NAME is set");
        _options.Name.ShouldBe(Dns.GetHostName());
    }

    [Theory]
    [InlineData("dev", true, true, false)]
    [InlineData("All", true, true, true)]
    [InlineData("api", false, true, true)]
    [InlineData("gpu", true, false, true)]
    public void A_role_says_what_a_silo_does(string role, bool engines, bool state, bool member)
    {
        var options = new LocalSiloOptions { Role = role };
        (options.HasEngines, options.KeepsState, options.IsMember).ShouldBe((engines, state, member));
    }
}
