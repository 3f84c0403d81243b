using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests;

/// <summary>A whole server in this process: silo, engine with the shipped model, HTTP on a free port, a data folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly string[] Categories = ["Default", "DiaOrleans", "Microsoft.Hosting.Lifetime"];

    /// <summary>A configuration that logs nothing.</summary>
    public static readonly IConfiguration Quiet = new ConfigurationBuilder()
        .AddInMemoryCollection(Categories.Select(category => KeyValuePair.Create($"Logging:LogLevel:{category}", (string?)"None")))
        .Build();

    private readonly DataFolder _data;
    private readonly bool _ownsFolder;

    private RunningServer(WebApplication app, DataFolder data, bool ownsFolder)
    {
        App = app;
        _data = data;
        _ownsFolder = ownsFolder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string Folder => _data.Path;

    /// <param name="options">Settings; the address and the data folder are replaced. Without a port, a free one is used.</param>
    /// <param name="folder">Data folder; null makes one that is deleted with the server.</param>
    /// <param name="services">Replaces services of the server.</param>
    public static async Task<RunningServer> Start(
        ServerOptions? options = null,
        string? folder = null,
        Action<IServiceCollection>? services = null)
    {
        var path = folder ?? Directory.CreateTempSubdirectory("dia-server-test-").FullName;
        options = (options ?? new ServerOptions()) with { Host = "127.0.0.1", Data = path };
        options = options with { Port = options.Port ?? 0 };
        var data = DataFolder.Open(path, 0, TimeProvider.System);
        var app = DiaServer.Build(options.Read(), data, Quiet, services);
        await app.StartAsync();
        return new RunningServer(app, data, folder is null);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _data.Dispose();
        if (_ownsFolder) Directory.Delete(_data.Path, recursive: true);
    }
}

/// <summary>One server for all tests that do not change its state.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private RunningServer? _server;

    internal RunningServer Server => _server!;

    public HttpClient Client => Server.Client;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.Start();
        (await Client.PostAsync("/voice_mappings", new StringContent("""{"voice_id":"anna"}"""))).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[CollectionDefinition(nameof(ServerCollection))]
public sealed class ServerCollection : ICollectionFixture<ServerFixture>;
