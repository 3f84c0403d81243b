using System.Text;

namespace DiaOrleans.Server.Tests.Api.Bodies;

/// <summary>Many slow or large bodies at once, sent to a process of its own whose memory is measured.</summary>
public sealed class SlowBodiesTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 60;

    /// <summary>Bytes; the clients of a run send 540 MB.</summary>
    private const long MaxGrowth = 250L << 20;

    /// <summary>Bytes that the process, with the model, may ever have had.</summary>
    private const long MaxPeak = 700L << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _data = Directory.CreateTempSubdirectory("dia-bodies-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("/generate", "{\"x\":\"", 9 << 20)]
    [InlineData("/audio_prompts/upload", "--x\r\nContent-Disposition: form-data; name=\"audio_file\"; filename=\"x.wav\"\r\n\r\n", 9 << 20)]
    public async Task Held_SixtyBodies_MemoryStaysBoundedAndTheServerAnswers(string path, string begin, int length)
    {
        using var server = await ServerProcess.Start(_data);
        while (!(await server.Client.GetStringAsync("/health")).Contains("\"model_loaded\":true")) await Task.Delay(50);
        var before = Memory(server);
        var slow = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Hold(server.Client.BaseAddress!, path, begin, length)));
        (await server.Client.GetAsync("/health")).EnsureSuccessStatusCode();
        (Memory(server) - before).ShouldBeLessThan(MaxGrowth);
        await Task.WhenAll(slow.Select(request => request.SendFilling(begin.Length + 1)));
        var statuses = await Task.WhenAll(slow.Select(request => request.Status(Limit)));
        statuses.Distinct().Order().ShouldBe([422, 429]);
        (Memory(server) - before).ShouldBeLessThan(MaxGrowth);
        CheckPeak(server);
        foreach (var request in slow) request.Dispose();
    }

    [Theory]
    [InlineData('<', 1)]
    [InlineData('\u0001', 6)]
    public async Task Sent_EightBodiesOfTenMegabytes_MemoryStaysBoundedAndTheAnswersAreShort(char filling, int escaped)
    {
        using var server = await ServerProcess.Start(_data);
        while (!(await server.Client.GetStringAsync("/health")).Contains("\"model_loaded\":true")) await Task.Delay(50);
        var text = string.Concat(Enumerable.Repeat(escaped == 1 ? $"{filling}" : $"\\u{(int)filling:x4}", ((10 << 20) - 1000) / escaped));
        var body = $$"""{"x":"{{text}}"}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Client.PostJson("/v1/generate", body)));
        answers.Select(answer => (int)answer.StatusCode).Distinct().ShouldBe([422]);
        foreach (var answer in answers) (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(4096);
        CheckPeak(server);
    }

    /// <summary>Sends a body without its end.</summary>
    private static async Task<SlowRequest> Hold(
        Uri server,
        string path,
        string begin,
        int length)
    {
        var request = await SlowRequest.Begin(server, path, length, "Content-Type: multipart/form-data; boundary=x");
        await request.Send(Encoding.ASCII.GetBytes(begin));
        (await request.SendFilling(length - 2 * begin.Length - 1)).ShouldBeTrue();
        return request;
    }

    private void CheckPeak(ServerProcess server)
    {
        var peak = server.PeakMemory();
        output.WriteLine($"peak memory of the server: {peak >> 20} MB");
        peak.ShouldBeLessThan(MaxPeak);
    }

    private static long Memory(ServerProcess server)
    {
        server.Process.Refresh();
        return server.Process.WorkingSet64;
    }
}
