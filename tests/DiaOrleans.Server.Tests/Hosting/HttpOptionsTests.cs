using System.Net;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class HttpOptionsTests
{
    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    public void A_host_is_an_address_or_localhost(string host, string address) =>
        new HttpOptions { Host = host }.Address.ShouldBe(IPAddress.Parse(address));
}
