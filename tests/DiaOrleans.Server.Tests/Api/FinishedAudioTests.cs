using System.Net;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The routes of finished audio are served in parts, as players need it; docs/api.md, Ground rules.</summary>
public sealed class FinishedAudioTests(FinishedAudioTests.Audio audio) : IClassFixture<FinishedAudioTests.Audio>
{
    public static TheoryData<string> Kinds => ["job", "preview", "log"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Get_Whole_HasItsLengthAndAStrongETag(string kind)
    {
        using var answer = await Get(kind);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var whole = await answer.Content.ReadAsByteArrayAsync();
        whole.Length.ShouldBeGreaterThan(1000);
        answer.Content.Headers.ContentLength.ShouldBe(whole.Length);
        answer.Headers.AcceptRanges.ShouldBe(["bytes"]);
        answer.Headers.ETag!.IsWeak.ShouldBeFalse();
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Head_HasTheHeadersOfGetAndNoBody(string kind)
    {
        using var get = await Get(kind);
        using var head = await audio.Server.Client.Send("HEAD", audio.Path(kind));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        head.Headers.AcceptRanges.ShouldBe(["bytes"]);
        foreach (var name in (string[])["Content-Length", "Content-Type", "Content-Disposition"])
            head.Content.Headers.GetValues(name).ShouldBe(get.Content.Headers.GetValues(name), name);
    }

    [Theory]
    [InlineData("bytes=0-1", 0, 2)]
    [InlineData("bytes=44-143", 44, 100)]
    [InlineData("bytes=1000-", 1000, -1000)]
    [InlineData("bytes=-10", -10, 10)]
    [InlineData("bytes=0-999999999", 0, -0)]
    public async Task Get_Range_IsThatPart(string range, int from, int count)
    {
        foreach (var kind in Kinds.Select(row => row.Data))
        {
            var whole = await audio.Server.Client.GetByteArrayAsync(audio.Path(kind));
            using var answer = await Get(kind, ("Range", range));
            answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent, kind);
            var start = from < 0 ? whole.Length + from : from;
            var length = count <= 0 ? whole.Length + count : count;
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(whole[start..(start + length)], kind);
            answer.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {start}-{start + length - 1}/{whole.Length}");
            answer.Content.Headers.ContentLength.ShouldBe(length);
        }
    }

    [Theory]
    [InlineData("bytes=999999999-")]
    [InlineData("bytes=-0")]
    public async Task Get_RangeBehindTheEnd_Is416WithTheLength(string range)
    {
        foreach (var kind in Kinds.Select(row => row.Data))
        {
            var whole = await audio.Server.Client.GetByteArrayAsync(audio.Path(kind));
            using var answer = await Get(kind, ("Range", range));
            answer.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable, kind);
            answer.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes */{whole.Length}");
        }
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=a-b")]
    [InlineData("seconds=0-1")]
    [InlineData("bytes=0-1,5-6")]
    public async Task Get_ARangeThatIsNone_IsTheWhole(string range)
    {
        using var answer = await Get("job", ("Range", range));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Get_Conditions_AreObserved(string kind)
    {
        using var first = await Get(kind);
        var tag = first.Headers.ETag!.ToString();
        using var same = await Get(kind, ("If-None-Match", tag));
        (same.StatusCode, (await same.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.NotModified, 0));
        using var other = await Get(kind, ("If-None-Match", "\"other\""));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var part = await Get(kind, ("Range", "bytes=0-9"), ("If-Range", tag));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        using var changed = await Get(kind, ("Range", "bytes=0-9"), ("If-Range", "\"other\""));
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Get_AndHead_NameTheSeedThatWasUsed(string kind)
    {
        foreach (var method in (string[])["GET", "HEAD"])
        {
            using var answer = await audio.Server.Client.Send(method, audio.Path(kind));
            answer.Headers.GetValues("X-Seed").ShouldBe([audio.Seed(kind)], method);
        }
    }

    [Fact]
    public async Task Preview_OfAChangedVoice_HasAnotherETag()
    {
        await audio.Server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"moody"}""");
        using var before = await audio.Server.Client.Send("GET", "/preview/moody");
        await audio.Server.Client.Accepted(HttpMethod.Put, "/voice_mappings/moody", """{"style":"sad"}""");
        using var after = await audio.Server.Client.Send("GET", "/preview/moody", ("If-None-Match", before.Headers.ETag!.ToString()));
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.Headers.ETag.ShouldNotBe(before.Headers.ETag);
    }

    private Task<HttpResponseMessage> Get(string kind, params (string Name, string Value)[] headers) =>
        audio.Server.Client.Send("GET", audio.Path(kind), headers);

    /// <summary>A server with a job's result, a preview and a saved output.</summary>
    public sealed class Audio : IAsyncLifetime
    {
        private readonly Dictionary<string, string> _paths = [];
        private readonly Dictionary<string, string> _seeds = [];

        internal ScriptedServer Server { get; private set; } = null!;

        public string Path(string kind) => _paths[kind];

        public string Seed(string kind) => _seeds[kind];

        public async ValueTask InitializeAsync()
        {
            Server = await ScriptedServer.Start(new ServerOptions { SaveOutputs = true });
            // Starting a scripted server has replaced the configuration.
            await Server.Client.Accepted(HttpMethod.Put, "/config", """{"auto_transcribe":false,"save_outputs":true}""");
            var job = await Server.Client.Accepted(
                HttpMethod.Post,
                "/generate?async_mode=true",
                """{"text":"Hello.","voice_id":"anna","response_format":"wav"}""");
            var id = job.GetProperty("job_id").GetString()!;
            while (await Status(id) != "completed") await Task.Delay(20);
            _paths["job"] = $"/jobs/{id}/result";
            _seeds["job"] = SeedOf(await (await Server.Client.GetAsync($"/jobs/{id}")).Json());
            var saved = await Server.LastLog();
            _paths["log"] = $"/logs/{saved.GetProperty("id").GetString()}/download";
            _seeds["log"] = SeedOf(saved);
            _paths["preview"] = "/v1/preview/anna";
            (await Server.Client.GetAsync(_paths["preview"])).EnsureSuccessStatusCode();
            _seeds["preview"] = SeedOf(await Server.LastLog());
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private static string SeedOf(JsonElement entry) => entry.GetProperty("seed_used").GetRawText();

        private async Task<string?> Status(string id)
        {
            JsonElement job = await (await Server.Client.GetAsync($"/jobs/{id}")).Json();
            return job.GetProperty("status").GetString();
        }
    }
}
