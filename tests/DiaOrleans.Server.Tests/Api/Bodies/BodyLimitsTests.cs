using System.Net;
using System.Text;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api.Bodies;

/// <summary>The limits on bodies that are slow, large or many.</summary>
public sealed class BodyLimitsTests(BodyLimitsTests.Small small) : IClassFixture<BodyLimitsTests.Small>
{
    private const string Form = "Content-Type: multipart/form-data; boundary=x";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly byte[] FilePart = Encoding.ASCII.GetBytes(
        "--x\r\nContent-Disposition: form-data; name=\"audio_file\"; filename=\"x.wav\"\r\n\r\n");

    private readonly RunningServer _server = small.Server;

    [Theory]
    [InlineData("/generate", 9 << 20, 8 << 20)]
    [InlineData("/audio_prompts/upload", 24 << 20, 20 << 20)]
    public async Task Bodies_BeyondTheBudget_BusyUntilOthersEnd(string path, int length, int sent)
    {
        string[] headers = path == "/generate" ? [] : [Form];
        var held = new List<SlowRequest>();
        try
        {
            for (var i = 0; i < (32 << 20) / sent; i++)
            {
                held.Add(await SlowRequest.Begin(_server.Address, path, length, headers));
                await held[^1].Send(path == "/generate" ? "{"u8.ToArray() : FilePart);
                (await held[^1].SendFilling(sent - 4096)).ShouldBeTrue();
            }

            await Until(() => Budget.Held > (32 << 20) - sent);
            using var more = await SlowRequest.Begin(_server.Address, path, length, headers);
            await more.Send(path == "/generate" ? "{"u8.ToArray() : FilePart);
            await more.SendFilling(length - FilePart.Length);
            (await more.Status(Limit)).ShouldBe(429);
            (await _server.Client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            foreach (var one in held) one.Dispose();
        }

        await Until(() => Budget.Held == 0);
        (await _server.Client.PostBytes("/generate", new byte[1 << 20])).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Directory.GetFiles(Path.Combine(_server.Folder, "incoming")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Busy_Bodies_SendRetryAfter()
    {
        using var share = Budget.Open();
        share.Take(32 << 20);
        var answer = await _server.Client.PostJson("/v1/generate", "{}");
        ((int)answer.StatusCode, await answer.Detail(), answer.Headers.GetValues("Retry-After").Single())
            .ShouldBe((429, "Server is busy, try again later", "5"));
        (await answer.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("rate_limit_error");
        (await _server.Client.GetAsync("/voices")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Upload_WhileItArrives_IsAPrivateFileInTheDataFolder()
    {
        using (var upload = await SlowRequest.Begin(_server.Address, "/audio_prompts/upload", 1 << 20, Form))
        {
            await upload.Send(FilePart);
            await upload.SendFilling(100_000);
            var folder = Path.Combine(_server.Folder, "incoming");
            await Until(() => Directory.Exists(folder) && Directory.GetFiles(folder) is [var file] && new FileInfo(file).Length > 50_000);
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(Directory.GetFiles(folder).Single()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await Until(() => Directory.GetFiles(Path.Combine(_server.Folder, "incoming")).Length == 0);
        await Until(() => Budget.Held == 0);
    }

    [Theory]
    [InlineData("/generate")]
    [InlineData("/nowhere")]
    [InlineData("/audio_prompts/upload")]
    public async Task Body_ThatTrickles_Ends(string path)
    {
        await using var server = await RunningServer.Start(new ServerOptions { BodySeconds = 1 });
        using var slow = await SlowRequest.Begin(server.Address, path, 1000, Form);
        using var trickling = new CancellationTokenSource();
        var sending = Trickle(slow, trickling.Token);
        if (path != "/nowhere") (await slow.Status(Limit)).ShouldBe(408);
        (await slow.Closes(Limit)).ShouldBeTrue();
        await trickling.CancelAsync();
        await sending;
    }

    [Theory]
    [InlineData("/generate", 40 << 20, 413)]
    [InlineData("/nowhere", 40 << 20, 404)]
    [InlineData("/audio_prompts/upload", 60 << 20, 413)]
    public async Task Body_TooLarge_TheAnswerCanBeReadAfterAllIsSent(string path, int length, int status)
    {
        using var large = await SlowRequest.Begin(_server.Address, path, length, Form);
        await large.Send(FilePart);
        (await large.SendFilling(length - FilePart.Length - 5)).ShouldBeTrue();
        await large.Send("\r\n--x"u8.ToArray());
        (await large.Status(Limit)).ShouldBe(path == "/audio_prompts/upload" ? 422 : status);
        Budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Upload_Of60Megabytes_IsTooLargeAndTheClientReadsIt()
    {
        var form = PromptServer.Form("big", new byte[60 << 20], "x.wav");
        var answer = await _server.Client.PostAsync("/audio_prompts/upload", form);
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((413, "Audio file too large (maximum 25 MB)"));
    }

    [Fact]
    public async Task Body_ExpectContinue_IsAnsweredAtOnce()
    {
        using var waiting = await SlowRequest.Begin(_server.Address, "/generate", 40 << 20, "Expect: 100-continue");
        (await waiting.Status(Limit)).ShouldBe(413);
        (await waiting.Closes(Limit)).ShouldBeTrue();
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreClosed()
    {
        await using var server = await RunningServer.Start(new ServerOptions { MaxConnections = 5 });
        var held = new List<SlowRequest>();
        for (var i = 0; i < 5; i++) held.Add(await SlowRequest.Begin(server.Address, "/generate", 10));
        await Task.Delay(200);
        using (var more = await SlowRequest.Begin(server.Address, "/generate", 10)) (await more.Closes(Limit)).ShouldBeTrue();
        foreach (var one in held) one.Dispose();
        await Until(() => server.Client.GetAsync("/health").ContinueWith(answer => answer.IsCompletedSuccessfully).Result);
    }

    private BodyBudget Budget => _server.App.Services.GetRequiredService<BodyBudget>();

    private static async Task Trickle(SlowRequest request, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && await request.SendFilling(1)) await Task.Delay(100, CancellationToken.None);
    }

    private static async Task Until(Func<bool> holds)
    {
        var end = DateTime.UtcNow + Limit;
        while (!holds())
        {
            DateTime.UtcNow.ShouldBeLessThan(end);
            await Task.Delay(20);
        }
    }

    /// <summary>A server with the smallest budget.</summary>
    public sealed class Small : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.Start(new ServerOptions { BodyBudgetMegabytes = 32 });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
