using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Health;
using DiaOrleans.Server.Lifetime;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Health;

/// <summary>/health/startup and /health/ready of a whole server; docs/api.md, State of the server.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_server_is_ready_when_its_model_is_loaded_and_has_started_from_then_on()
    {
        var loaded = new TaskCompletionSource();
        await using var server = await ScriptedServer.Start(engine: new ScriptedEngine { Loaded = loaded.Task });
        foreach (var path in (string[])["/health/ready", "/v1/health/ready", "/health/startup", "/v1/health/startup"])
            await Shows(server.Client, path, 503, """{"status":"not ready","reason":"starting"}""");
        (await server.Client.GetAsync("/health")).EnsureSuccessStatusCode();
        loaded.SetResult();
        await Becomes(server.Client, "/health/ready", 200, """{"status":"ready"}""");
        await Shows(server.Client, "/health/startup", 200, """{"status":"ready"}""");
        server.Server.App.Services.GetRequiredService<StopSignal>().Receive().ShouldBeTrue();
        await Shows(server.Client, "/health/ready", 503, """{"status":"not ready","reason":"draining"}""");
        await Shows(server.Client, "/health/startup", 200, """{"status":"ready"}""");
    }

    [Fact]
    public async Task A_server_whose_model_does_not_load_has_none()
    {
        var engine = new ScriptedEngine { Loaded = Task.FromException(new InvalidDataException("no tensor named x")) };
        await using var server = await ScriptedServer.Start(engine: engine);
        await Becomes(server.Client, "/health/ready", 503, """{"status":"not ready","reason":"no model"}""");
        await Shows(server.Client, "/health/startup", 503, """{"status":"not ready","reason":"no model"}""");
    }

    [Fact]
    public async Task A_server_whose_storage_fails_or_hangs_is_not_ready_until_it_answers_and_answers_meanwhile()
    {
        var storage = new SwitchedStorage();
        await using var server = await RunningServer.Start(services: services =>
        {
            var key = StateStorage.ProviderName;
            var inner = services.Last(service => service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, key));
            services.AddSingleton<ISpeechEngineFactory>(new ScriptedEngine());
            services.AddKeyedSingleton<IGrainStorage>(key, (provider, name) =>
            {
                storage.Inner = (IGrainStorage)inner.KeyedImplementationFactory!(provider, name);
                return storage;
            });
        });
        await Becomes(server.Client, "/health/ready", 200, """{"status":"ready"}""");
        Task[] faults = [Task.FromException(new IOException("no connection")), Task.Delay(Timeout.Infinite, storage.Stop.Token)];
        foreach (var fault in faults)
        {
            storage.Fault = fault;
            await Becomes(server.Client, "/health/ready", 503, """{"status":"not ready","reason":"storage does not answer"}""");
            (await server.Client.GetAsync("/health")).EnsureSuccessStatusCode();
            storage.Fault = null;
            if (fault == faults[^1]) await storage.Stop.CancelAsync();
            await Becomes(server.Client, "/health/ready", 200, """{"status":"ready"}""");
        }
    }

    private static async Task Shows(HttpClient client, string path, int status, string body)
    {
        using var answer = await client.GetAsync(path);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(body, path);
        ((int)answer.StatusCode).ShouldBe(status, path);
    }

    private static async Task Becomes(HttpClient client, string path, int status, string body)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((int)(await client.GetAsync(path, limit.Token)).StatusCode != status) await Task.Delay(50, limit.Token);
        await Shows(client, path, status, body);
    }

    /// <summary>A storage whose reads can be made to fail or to hang.</summary>
    private sealed class SwitchedStorage : IGrainStorage
    {
        public IGrainStorage Inner { get; set; } = null!;

        public Task? Fault { get; set; }

        /// <summary>Ends reads that hang.</summary>
        public CancellationTokenSource Stop { get; } = new();

        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (Fault is { } fault) await fault;
            await Inner.ReadStateAsync(stateName, grainId, grainState);
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Inner.WriteStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
