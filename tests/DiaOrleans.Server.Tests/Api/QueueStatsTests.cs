using System.Text.Json;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>GET /queue/stats; docs/api.md, State of the server.</summary>
public sealed class QueueStatsTests
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_fresh_server_has_nothing_to_do()
    {
        await using var server = await ScriptedServer.Start();
        var stats = await (await server.Client.GetAsync("/queue/stats")).Json();
        stats.GetRawText().ShouldStartWith(
            """{"pending_jobs":0,"processing_jobs":0,"completed_jobs":0,"failed_jobs":0,"total_workers":1,"active_workers":0"""
            + ""","memory_pressure":{},"workers":[{"id":"worker_1",""");
        var worker = stats.GetProperty("workers").EnumerateArray().ShouldHaveSingleItem();
        (worker.GetProperty("state").GetString(), worker.GetProperty("active").GetInt32(), worker.GetProperty("waiting").GetInt32())
            .ShouldBe(("ready", 0, 0));
        worker.GetProperty("slots").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_configured_number_of_workers_is_reported()
    {
        await using var server = await ScriptedServer.Start(new ServerOptions { MaxWorkers = 7 });
        (await Number(server, "total_workers")).ShouldBe(7);
    }

    [Fact]
    public async Task Memory_pressure_is_shown_for_each_gpu()
    {
        await using var server = await RunningServer.Start(
            new ServerOptions { GpuIds = "0,1,2,3" },
            services: s => s.AddSingleton<IGpus>(new FiveGpus()));
        (await (await server.Client.GetAsync("/v1/queue/stats")).Json()).GetProperty("memory_pressure").GetRawText().ShouldBe(
            """{"gpu_0":{"pressure":0.123,"status":"normal"},"gpu_1":{"pressure":0.85,"status":"normal"}"""
            + ""","gpu_2":{"pressure":0.851,"status":"high"},"gpu_3":{"status":"unknown"}}""");
    }

    [Fact]
    public async Task A_worker_is_active_from_the_first_call_of_a_request_to_its_last_byte()
    {
        await using var server = await ScriptedServer.Start();
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var calls = 0;
        server.Engine.SlotsInUse = 0;
        server.Engine.Script = async run =>
        {
            await gates[Interlocked.Increment(ref calls) - 1].Task;
            await ScriptedEngine.Speak(run);
        };
        var speaking = server.Generate(
            new { text = string.Join(' ', Enumerable.Repeat("The lamp is still on, and the door is open.", 12)) });
        await Until(server, () => calls == 1);
        await UntilActive(server, 1);
        gates[0].SetResult();
        while (calls < 2) (await Number(server, "active_workers")).ShouldBe(1);
        (await Number(server, "active_workers")).ShouldBe(1);
        gates[1].SetResult();
        (await speaking).EnsureSuccessStatusCode();
        await UntilActive(server, 0);
    }

    [Fact]
    public async Task A_job_is_counted_by_its_state_and_a_cancelled_one_is_not_counted()
    {
        await using var server = await ScriptedServer.Start();
        var ids = new List<string>();
        var hold = new TaskCompletionSource();
        server.Engine.Script = async run =>
        {
            await hold.Task;
            await ScriptedEngine.Speak(run);
        };
        foreach (var voice in (string[])["anna", "nobody", "anna", "anna"])
            ids.Add(
                (
                    await server.Client.Accepted(
                        HttpMethod.Post,
                        "/generate?async_mode=true",
                        JsonSerializer.Serialize(new { text = "Where is my hat?", voice_id = voice }))).GetProperty("job_id").GetString()!);
        await Until(server, async () => await Counts(server) is (>= 1, >= 1, 0, _));
        (await server.Client.DeleteAsync($"/jobs/{ids[3]}")).EnsureSuccessStatusCode();
        hold.SetResult();
        await Until(server, async () => await Counts(server) == (0, 0, 2, 1));
    }

    private static async Task<(int Pending, int Processing, int Completed, int Failed)> Counts(ScriptedServer server)
    {
        var stats = await (await server.Client.GetAsync("/queue/stats")).Json();
        return (
            stats.GetProperty("pending_jobs").GetInt32(),
            stats.GetProperty("processing_jobs").GetInt32(),
            stats.GetProperty("completed_jobs").GetInt32(),
            stats.GetProperty("failed_jobs").GetInt32());
    }

    private static async Task<int> Number(ScriptedServer server, string name) =>
        (await (await server.Client.GetAsync("/queue/stats")).Json()).GetProperty(name).GetInt32();

    private static Task UntilActive(ScriptedServer server, int active) =>
        Until(server, async () => await Number(server, "active_workers") == active);

    private static Task Until(ScriptedServer server, Func<bool> condition) => Until(server, () => Task.FromResult(condition()));

    private static async Task Until(ScriptedServer server, Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (!await condition()) await server.Client.GetAsync("/health", limit.Token);
    }

    private sealed class FiveGpus : IGpus
    {
        public IReadOnlyList<int> Numbers => [0, 1, 2, 3, 4];

        public GpuMemory ReadMemory(int gpu) => gpu switch
        {
            0 => new GpuMemory(12345, 100000),
            1 => new GpuMemory(85000, 100000),
            2 => new GpuMemory(85100, 100000),
            _ => new GpuMemory(0, 0, "NVML error 15: GPU is lost"),
        };
    }
}
