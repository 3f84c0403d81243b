using System.Net;
using System.Net.Http.Json;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class DiaServerTests
{
    [Fact]
    public async Task Two_servers_in_one_process_are_independent()
    {
        await using var one = await RunningServer.Start();
        await using var two = await RunningServer.Start();
        await MakeVoice(one, "only-one");
        (await two.Client.GetStringAsync("/voices")).ShouldBe("""{"voices":[]}""");
        (await one.Client.GetStringAsync("/voices")).ShouldContain("only-one");
        int[] ports = [Endpoints(one).SiloPort, Endpoints(two).SiloPort];
        ports.ShouldBeUnique();
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_completes_accepted_requests_and_refuses_new_ones()
    {
        await using var server = await RunningServer.Start();
        await MakeVoice(server, "v");
        (await Speak(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var running = Enumerable.Range(0, 4).Select(_ => Speak(server)).ToArray();
        await Task.WhenAny(running);
        server.App.Lifetime.StopApplication();
        var stopping = server.App.StopAsync();
        var late = await Speak(server);
        late.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        late.Headers.RetryAfter.ShouldNotBeNull();
        foreach (var answer in await Task.WhenAll(running))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(44);
        }

        await stopping;
    }

    [Fact]
    public async Task The_dashboard_is_shown_if_it_is_switched_on()
    {
        await using var hidden = await RunningServer.Start();
        (await hidden.Client.GetAsync("/dashboard/")).StatusCode.ShouldNotBe(HttpStatusCode.OK);
        await using var shown = await RunningServer.Start(new ServerOptions { Dashboard = true });
        (await shown.Client.GetAsync("/dashboard/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_model_that_does_not_load_leaves_a_server_that_answers_and_refuses_speech()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.Start(new ServerOptions { Model = folder.Path });
        await MakeVoice(server, "v");
        (await Speak(server)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await server.Client.GetStringAsync("/health")).ShouldContain("\"model_loaded\":false");
    }

    [Fact]
    public async Task A_server_that_cannot_listen_stops_its_services()
    {
        using var folder = new TemporaryFolder();
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var options = new ServerOptions { Host = "127.0.0.1", Port = port }.Read();
        using var data = DataFolder.Open(folder.Path, port, TimeProvider.System);
        await using var app = DiaServer.Build(options, data, RunningServer.Quiet);
        await Should.ThrowAsync<IOException>(DiaServer.Run(app));
        app.Lifetime.ApplicationStopped.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_listens_on_all_addresses_of_both_families()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "no IPv6");
        using var folder = new TemporaryFolder();
        using var data = DataFolder.Open(folder.Path, 0, TimeProvider.System);
        await using var app = DiaServer.Build(new ServerOptions { Port = 0 }.Read(), data, RunningServer.Quiet);
        await app.StartAsync();
        var port = new Uri(app.Urls.Single()).Port;
        using var client = new HttpClient();
        foreach (var host in (string[])["127.0.0.1", "[::1]"])
        {
            (await client.GetAsync($"http://{host}:{port}/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
            // A reader on this machine is one under either family.
            (await client.GetAsync($"http://{host}:{port}/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await app.StopAsync();
    }

    private static EndpointOptions Endpoints(RunningServer server) =>
        server.App.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<EndpointOptions>>().Value;

    private static async Task MakeVoice(RunningServer server, string id) =>
        (await server.Client.PostAsJsonAsync("/voice_mappings", new { voice_id = id })).EnsureSuccessStatusCode();

    private static Task<HttpResponseMessage> Speak(RunningServer server)
    {
        const string Text = "Where is my hat? You are wearing it. Where is my coat? You are wearing that, too.";
        return server.Client.PostAsJsonAsync("/generate", new { text = Text, voice_id = "v", seed = 1 });
    }
}
