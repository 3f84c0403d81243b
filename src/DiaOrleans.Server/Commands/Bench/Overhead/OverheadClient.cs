using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>
/// <c>bench overhead-client URL</c>: makes requests in a process of its own, so that their CPU is not that of the server. A line of its
/// input names a way and a seed; a line of its output has the milliseconds from the request to the last byte.
/// </summary>
internal sealed class OverheadClient(HttpClient http)
{
    /// <summary>Name of the command.</summary>
    public const string Name = "overhead-client";

    private const string Voice = "bench";
    private const string Text = "Where is my hat? You are wearing it, Peter.";

    /// <summary>The command, which the help does not show.</summary>
    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "Address of the server." };
        var command = new Command(Name, "Makes the requests of bench overhead.") { url };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => Serve(new Uri(parsed.GetRequiredValue(url)), cancellation));
        return command;
    }

    private static async Task<int> Serve(Uri url, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = url };
        var client = new OverheadClient(http);
        (await http.PostAsJsonAsync("voice_mappings", new { voice_id = Voice }, cancellation)).EnsureSuccessStatusCode();
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var seed = int.Parse(words[1], CultureInfo.InvariantCulture);
            var time = await client.Measure(Enum.Parse<OverheadWay>(words[0]), seed, cancellation);
            Console.WriteLine(time.TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private async Task<TimeSpan> Measure(OverheadWay way, int seed, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await (way switch
        {
            OverheadWay.Whole => Read("generate", new { text = Text, voice_id = Voice, seed }, cancellation),
            OverheadWay.Stream => Read("v1/audio/speech", new { input = Text, voice = Voice, seed, stream = true }, cancellation),
            OverheadWay.Job => RunJob(seed, cancellation),
            _ => Task.CompletedTask,
        });
        return clock.Elapsed;
    }

    private async Task Read(string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null, cancellation);
    }

    private async Task RunJob(int seed, CancellationToken cancellation)
    {
        var body = new { text = Text, voice_id = Voice, seed };
        using var accepted = await http.PostAsJsonAsync("generate?async_mode=true", body, cancellation);
        accepted.EnsureSuccessStatusCode();
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("job_id").GetString();
        // The stream of events ends with the job.
        await http.GetByteArrayAsync($"jobs/{job}/events", cancellation);
        await http.GetByteArrayAsync($"jobs/{job}/result", cancellation);
    }
}
