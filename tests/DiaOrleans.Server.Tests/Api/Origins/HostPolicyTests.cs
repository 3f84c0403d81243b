using System.Net;
using DiaOrleans.Server.Api.Origins;

namespace DiaOrleans.Server.Tests.Api.Origins;

public sealed class HostPolicyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("192.168.1.5")]
    [InlineData("8.8.8.8")]
    [InlineData("[::1]")]
    [InlineData("[fe80::1]")]
    [InlineData("dia")]
    [InlineData("dia_server")]
    [InlineData("media-pc.local")]
    [InlineData("MEDIA-PC.LOCAL")]
    [InlineData("tts.lan")]
    [InlineData("tts.home.arpa")]
    [InlineData("host.docker.internal")]
    [InlineData("app.localhost")]
    [InlineData("dia.default.svc.cluster.local")]
    public void Allows_AddressOrLocalName_True(string host) => new HostPolicy(new OriginOptions()).Allows(host).ShouldBeTrue();

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("local.example")]
    [InlineData("evillan.example")]
    [InlineData(".local")]
    public void Allows_PublicName_False(string host) => new HostPolicy(new OriginOptions()).Allows(host).ShouldBeFalse();

    [Fact]
    public void Allows_TheMachinesOwnName_True() =>
        new HostPolicy(new OriginOptions()).Allows(Dns.GetHostName().ToUpperInvariant()).ShouldBeTrue();

    [Theory]
    [InlineData("tts.example", true)]
    [InlineData("TTS.example", true)]
    [InlineData("sub.tts.example", false)]
    public void Allows_NamedHosts_TheseToo(string host, bool known)
    {
        new HostPolicy(new OriginOptions { AllowedHosts = ["tts.example"] }).Allows(host).ShouldBe(known);
        new HostPolicy(new OriginOptions { AllowedHosts = ["*"] }).Allows(host).ShouldBeTrue();
        new HostPolicy(new OriginOptions { HasKey = true }).Allows(host).ShouldBeTrue();
    }
}
