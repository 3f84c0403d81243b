using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>
/// Measures what HTTP, grains and storage add, in this process: a request over loopback, then the very same call handed to the engine, and
/// so on in turn, so that both see the same machine.
/// </summary>
/// <param name="http">Client of the server in this process.</param>
/// <param name="engine">Its engine.</param>
internal sealed class OverheadRun(HttpClient http, MeteredEngine engine)
{
    private const string Voice = "bench";
    private const string Text = "Where is my hat? You are wearing it, Peter.";

    private static readonly TimeSpan JobPoll = TimeSpan.FromMilliseconds(1);

    /// <summary>Measures each way.</summary>
    /// <param name="requests">Requests of each way.</param>
    /// <param name="progress">Is told that one more request has ended.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<OverheadResult>> Run(int requests, Action progress, CancellationToken cancellation)
    {
        (await http.PostAsJsonAsync("voice_mappings", new { voice_id = Voice }, cancellation)).EnsureSuccessStatusCode();
        (string Name, Func<int, CancellationToken, Task> Make)[] ways = [("whole", MakeWhole), ("stream", MakeStream), ("job", MakeJob)];
        var results = new List<OverheadResult>();
        foreach (var (name, make) in ways)
        {
            // What runs for the first time is compiled.
            for (var i = 0; i < Math.Min(requests, 30); i++) await make(i, cancellation);
            engine.Ended.Clear();
            results.Add(await Measure(name, make, requests, progress, cancellation));
        }

        return results;
    }

    private async Task<OverheadResult> Measure(
        string name,
        Func<int, CancellationToken, Task> make,
        int requests,
        Action progress,
        CancellationToken cancellation)
    {
        var added = new List<double>();
        var way = TimeSpan.Zero;
        var direct = TimeSpan.Zero;
        for (var i = 0; i < requests; i++)
        {
            var cpu = Cpu();
            var clock = Stopwatch.StartNew();
            await make(i, cancellation);
            var elapsed = clock.Elapsed;
            way += Cpu() - cpu;
            var call = await TakeEnded(cancellation);
            added.Add((elapsed - call.Time).TotalMilliseconds);
            cpu = Cpu();
            await HandOver(call.Call, cancellation);
            direct += Cpu() - cpu;
            progress();
        }

        var cpuOfWay = way.TotalMilliseconds / requests;
        return new OverheadResult(name, requests, Percentiles.Of(added)!, cpuOfWay, direct.TotalMilliseconds / requests);
    }

    /// <summary>The engine tells the end of a call a little later than the call itself does.</summary>
    private async Task<(SpeechCall Call, TimeSpan Time)> TakeEnded(CancellationToken cancellation)
    {
        (SpeechCall Call, TimeSpan Time) call;
        while (!engine.Ended.TryDequeue(out call)) await Task.Delay(JobPoll, cancellation);
        return call;
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

    /// <summary>The call of a request, given to the engine by the code that follows its events.</summary>
    private async Task HandOver(SpeechCall call, CancellationToken cancellation)
    {
        var run = engine.Inner.TryStart(call).Run ?? throw new InvalidOperationException("The engine refuses a call that it took before.");
        await foreach (var _ in run.ReadEvents(0, cancellation))
        {
        }
    }

    private Task MakeWhole(int number, CancellationToken cancellation) =>
        Read("generate", new { text = Text, voice_id = Voice, seed = number }, cancellation);

    private Task MakeStream(int number, CancellationToken cancellation) =>
        Read("v1/audio/speech", new { input = Text, voice = Voice, seed = number, stream = true }, cancellation);

    private async Task Read(string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null, cancellation);
    }

    private async Task MakeJob(int number, CancellationToken cancellation)
    {
        using var accepted = await http.PostAsJsonAsync(
            "generate?async_mode=true",
            new { text = Text, voice_id = Voice, seed = number },
            cancellation);
        accepted.EnsureSuccessStatusCode();
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("job_id").GetString();
        // The engine's end is waited for without requests, which would cost CPU; then the state is asked for until it says so too.
        while (engine.Ended.IsEmpty) await Task.Delay(JobPoll, cancellation);
        while ((await http.GetFromJsonAsync<JsonElement>($"jobs/{job}", cancellation)).GetProperty("status").GetString() != "completed")
            await Task.Delay(JobPoll, cancellation);
        await http.GetByteArrayAsync($"jobs/{job}/result", cancellation);
    }
}
