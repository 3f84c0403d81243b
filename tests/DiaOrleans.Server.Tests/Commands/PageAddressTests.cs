using DiaOrleans.Server.Commands.Serve;

namespace DiaOrleans.Server.Tests.Commands;

public sealed class PageAddressTests
{
    [Theory]
    [InlineData("http://0.0.0.0:7860", "http://localhost:7860", true)]
    [InlineData("http://[::]:80", "http://localhost:80", true)]
    [InlineData("http://127.0.0.1:7860", "http://127.0.0.1:7860", false)]
    [InlineData("http://[::1]:7860", "http://[::1]:7860", false)]
    [InlineData("http://192.168.1.7:8000", "http://192.168.1.7:8000", false)]
    public void A_browser_on_the_same_machine_can_open_it(string listens, string opened, bool open) =>
        PageAddress.Parse(listens).ShouldBe(new PageAddress(opened, open));
}
