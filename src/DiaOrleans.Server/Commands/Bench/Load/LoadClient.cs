using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>
/// Makes requests and measures them. A request that the server refuses for now (429, 503) is made again after half of the time that the
/// server asks to wait, so that this time can be compared with the one that was needed.
/// </summary>
/// <param name="http">Client without a time limit.</param>
/// <param name="plan">What is requested.</param>
internal sealed class LoadClient(HttpClient http, LoadPlan plan)
{
    private const int BlockBytes = 1 << 16;

    private static readonly TimeSpan JobPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(1);

    private readonly LoadTexts _texts = new(plan.ShortestText, plan.LongestText, plan.Seed);

    /// <summary>Creates the voice on a server of this kind; other servers do not have the route.</summary>
    public async Task CreateVoice(CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Post, "voice_mappings", new { voice_id = plan.Voice });
        using var answer = await http.SendAsync(request, cancellation);
        await answer.Content.ReadAsByteArrayAsync(cancellation);
    }

    /// <summary>Makes a request and measures it.</summary>
    /// <param name="number">Its number, which decides its text and seed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<RequestSample> Measure(int number, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var refusals = new Refusals();
        try
        {
            while (true)
            {
                using var answer = await Send(number, cancellation);
                if (refusals.Take(answer, clock.Elapsed) is { } wait)
                {
                    await Task.Delay(wait, cancellation);
                    continue;
                }

                if (!answer.IsSuccessStatusCode) return new RequestSample { Outcome = $"{(int)answer.StatusCode}" };
                refusals.End(clock.Elapsed);
                return refusals.AddTo(await Read(answer, clock, cancellation));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new RequestSample { Outcome = "broken connection" };
        }
    }

    private async Task<HttpResponseMessage> Send(int number, CancellationToken cancellation)
    {
        var text = _texts[number];
        var seed = unchecked(plan.Seed * 1_000_003 + number) & int.MaxValue;
        using var request = plan.Route == LoadRoute.OpenAi
            ? Request(HttpMethod.Post, "v1/audio/speech", OpenAiBody(text, seed))
            : Request(
                HttpMethod.Post,
                plan.Route == LoadRoute.Job ? "generate?async_mode=true" : "generate",
                new { text, voice_id = plan.Voice, response_format = plan.Format, seed });
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>Other servers refuse members that they do not know, so only those that are needed are sent.</summary>
    private Dictionary<string, object> OpenAiBody(string input, int seed)
    {
        var body = new Dictionary<string, object>
        {
            ["model"] = plan.Model,
            ["input"] = input,
            ["voice"] = plan.Voice,
            ["response_format"] = plan.Format,
            ["seed"] = seed,
        };
        if (plan.IsStreamed) body["stream"] = true;
        return body;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(plan.Server, path));
        if (body is not null) request.Content = JsonContent.Create(body);
        if (plan.Key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", plan.Key);
        return request;
    }

    private async Task<RequestSample> Read(HttpResponseMessage answer, Stopwatch clock, CancellationToken cancellation)
    {
        if (plan.Route != LoadRoute.Job) return await ReadAudio(answer, clock, cancellation);
        var job = (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("job_id").GetString()!;
        while (true)
        {
            using var asking = Request(HttpMethod.Get, $"jobs/{job}");
            using var state = await http.SendAsync(asking, cancellation);
            var status = (await state.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("status").GetString()!;
            if (status is "failed" or "cancelled") return new RequestSample { Outcome = $"job {status}" };
            if (status == "completed") break;
            await Task.Delay(JobPoll, cancellation);
        }

        using var fetching = Request(HttpMethod.Get, $"jobs/{job}/result");
        using var result = await http.SendAsync(fetching, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return await ReadAudio(result, clock, cancellation);
    }

    private async Task<RequestSample> ReadAudio(HttpResponseMessage answer, Stopwatch clock, CancellationToken cancellation)
    {
        var playback = new Playback();
        using var whole = new MemoryStream();
        await using var content = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[BlockBytes];
        while (await content.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            playback.Add(clock.Elapsed.TotalSeconds, count);
            whole.Write(buffer, 0, count);
        }

        var end = clock.Elapsed.TotalSeconds;
        if (playback.Begin is not { } begin) return new RequestSample { Outcome = "no audio" };
        var audio = AudioLength.Measure(whole.GetBuffer().AsMemory(0, (int)whole.Length));
        var (underruns, silence) = plan.IsStreamed ? playback.Measure(audio) : (0, 0);
        return new RequestSample
        {
            Outcome = audio > 0 ? "200" : "no audio",
            FirstByte = begin,
            Whole = end,
            Audio = audio,
            Underruns = underruns,
            Silence = silence,
        };
    }

    /// <summary>The refusals of one request.</summary>
    private sealed class Refusals
    {
        private TimeSpan? _first;
        private TimeSpan? _taken;
        private TimeSpan? _asked;

        /// <summary>How long to wait before the next attempt; null if the answer is no refusal for now.</summary>
        public TimeSpan? Take(HttpResponseMessage answer, TimeSpan now)
        {
            if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return null;
            var asked = answer.Headers.RetryAfter?.Delta;
            if (_first is null) _asked = asked;
            _first ??= now;
            var wait = (asked ?? UsualWait) / 2;
            return wait > ShortestWait ? wait : ShortestWait;
        }

        public void End(TimeSpan now) => _taken = now;

        public RequestSample AddTo(RequestSample sample) => sample with
        {
            AskedWait = _asked?.TotalSeconds,
            NeededWait = (_taken - _first)?.TotalSeconds,
        };
    }
}
