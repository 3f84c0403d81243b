using DiaOrleans.Server.Api;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class ExposureWarningTests
{
    [Theory]
    [InlineData("0.0.0.0", null, true)]
    [InlineData("::", null, true)]
    [InlineData("192.168.1.5", "", true)]
    [InlineData("192.168.1.5", " , ", true)]
    [InlineData("192.168.1.5", "key", false)]
    [InlineData("127.0.0.1", null, false)]
    [InlineData("127.1.2.3", null, false)]
    [InlineData("::1", null, false)]
    [InlineData("localhost", null, false)]
    public void A_server_that_the_network_can_use_without_a_key_warns(string host, string? key, bool warns) =>
        ExposureWarning.Applies(new HttpOptions { Host = host }, new ApiOptions { ApiKey = key }).ShouldBe(warns);

    [Fact]
    public async Task The_warning_is_one_line_that_says_the_two_ways_out()
    {
        using var folder = new TemporaryFolder();
        var start = ServerProcess.Command(folder.Path);
        start.ArgumentList[start.ArgumentList.IndexOf("127.0.0.1")] = "0.0.0.0";
        using var process = System.Diagnostics.Process.Start(start)!;
        var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
        var lines = new List<string>();
        while (!lines.Any(line => line.Contains("Anyone")) && await process.StandardOutput.ReadLineAsync(limit) is { } line)
            lines.Add(line);
        process.Kill();
        await process.WaitForExitAsync(limit);
        lines[^1].ShouldContain("Anyone who can reach 0.0.0.0");
        lines[^1].ShouldContain("DIA_API_KEY");
        lines[^1].ShouldContain("--host 127.0.0.1");
    }
}
