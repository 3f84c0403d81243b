using System.Text.Json;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>A server with a scripted engine and a fake recognizer; it has the voice anna.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private ScriptedServer(RunningServer server, ScriptedEngine engine, FakeRecognizer recognizer)
    {
        Server = server;
        Engine = engine;
        Recognizer = recognizer;
    }

    public RunningServer Server { get; }

    public ScriptedEngine Engine { get; }

    public FakeRecognizer Recognizer { get; }

    public HttpClient Client => Server.Client;

    /// <summary>The data folder.</summary>
    public string Folder => Server.Folder;

    public static async Task<ScriptedServer> Start(ServerOptions? options = null, ScriptedEngine? engine = null, TimeProvider? time = null)
    {
        engine ??= new ScriptedEngine();
        var recognizer = new FakeRecognizer();
        var server = await RunningServer.Start(
            options,
            services: services => services
                .AddSingleton(time ?? TimeProvider.System)
                .AddSingleton<ISpeechEngineFactory>(engine)
                .AddSingleton<ISpeechRecognizer>(recognizer));
        if (options?.ApiKey is { } key) server.Client.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        await server.Client.Accepted(HttpMethod.Put, "/config", """{"auto_transcribe":false}""");
        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        server.Client.DefaultRequestHeaders.Clear();
        return new ScriptedServer(server, engine, recognizer);
    }

    /// <summary>The synchronous answer to a request for speech by anna, unless the body names another voice.</summary>
    public Task<HttpResponseMessage> Generate(object body, string voice = "anna")
    {
        var fields = JsonSerializer.SerializeToNode(body)!.AsObject();
        fields.TryAdd("voice_id", voice);
        return Client.PostJson("/generate", fields.ToJsonString());
    }

    /// <summary>The newest entry of the generation log.</summary>
    public async Task<JsonElement> LastLog() => (await (await Client.GetAsync("/logs?limit=1")).Json()).GetProperty("logs")[0];

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>One scripted server for a class of tests that do not change its state.</summary>
public sealed class ScriptedFixture : IAsyncLifetime
{
    internal ScriptedServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ScriptedServer.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await Server.Client.GetAsync("/health/ready", limit.Token)).IsSuccessStatusCode) await Task.Delay(20, limit.Token);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
