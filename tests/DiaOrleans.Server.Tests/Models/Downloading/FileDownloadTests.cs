using System.Security.Cryptography;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Tests.Models.Downloading;

public sealed class FileDownloadTests : IAsyncLifetime
{
    private const string Path = "owner/model/weights file.bin";

    private static readonly DownloadLimits Limits = new()
    {
        PieceBytes = 300_000,
        RecordBytes = 100_000,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        Retries = 3,
        StallLimit = TimeSpan.FromMilliseconds(400),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingObserver _observer = new();
    private readonly HttpClient _http = HttpFetch.CreateClient();
    private HubServer _hub = null!;
    private byte[] _content = null!;

    private string Target => _folder.File("a folder/gewichte-ä.bin");

    public async ValueTask InitializeAsync()
    {
        _hub = await HubServer.Start();
        _content = _hub.Add(Path, 2_000_000);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_comes_in_ranges_several_at_once()
    {
        _hub.Fault = _ => new HubFault { Pace = TimeSpan.FromMilliseconds(5) };
        await Run();
        await ShouldBeWhole();
        _hub.Requests.Count.ShouldBe(7);
        _hub.Requests.Select(request => request.From).Order().ShouldBe(Enumerable.Range(0, 7).Select(i => i * 300_000L));
        (_observer.Advanced, _observer.Ended).ShouldBe((2_000_000, 1));
        _observer.Begun.ShouldBe([(0, 2_000_000)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(299_999)]
    [InlineData(300_000)]
    [InlineData(300_001)]
    public async Task A_file_of_any_length_comes_whole_also_if_its_size_is_not_published(int length)
    {
        _content = _hub.Add(Path, length);
        await Run();
        await ShouldBeWhole();
        System.IO.File.Delete(Target);
        await Run(File() with { Size = null });
        await ShouldBeWhole();
    }

    [Fact]
    public async Task What_breaks_off_and_stalls_continues_from_there()
    {
        var seen = 0;
        _hub.Fault = _ => (Interlocked.Increment(ref seen) % 3) switch
        {
            0 => new HubFault { CutAfter = 100_000 },
            1 => new HubFault { StallAfter = 150_000 },
            _ => null,
        };
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(2_000_000, "no byte is transferred twice");
        _observer.Resumed.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_an_earlier_download_brought_is_kept()
    {
        _hub.Fault = request => request.From == 1_500_000 ? new HubFault { Status = 403 } : null;
        (await Fault()).ShouldBe((DownloadFault.Refused, "its source answers 403"));
        var brought = _observer.Advanced;
        brought.ShouldBeGreaterThan(0);
        _hub.Fault = _ => null;
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(2_000_000);
        _observer.Begun[^1].ShouldBe((brought, 2_000_000));
    }

    [Fact]
    public async Task A_part_of_an_earlier_version_which_has_no_record_is_completed()
    {
        Directory.CreateDirectory(_folder.File("a folder"));
        await System.IO.File.WriteAllBytesAsync(Target + ".part", _content[..1_234_567]);
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(2_000_000 - 1_234_567);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":9,"of":"x","done":[{"from":0,"to":9}]}""")]
    [InlineData("""{"version":1,"of":"sha256:other","size":2000000,"done":[{"from":0,"to":1000}]}""")]
    public async Task A_part_of_another_file_or_with_a_damaged_record_is_dropped(string record)
    {
        Directory.CreateDirectory(_folder.File("a folder"));
        await System.IO.File.WriteAllBytesAsync(Target + ".part", new byte[5000]);
        await System.IO.File.WriteAllTextAsync(Target + ".part.json", record);
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(2_000_000);
    }

    [Fact]
    public async Task Damage_in_what_an_earlier_download_left_is_found_and_the_file_downloaded_again()
    {
        Directory.CreateDirectory(_folder.File("a folder"));
        await System.IO.File.WriteAllBytesAsync(Target + ".part", new byte[1_000_000]);
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(3_000_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_without_ranges_is_read_from_its_beginning(bool hidesLength)
    {
        var first = true;
        _hub.Fault = request =>
        {
            if (request.HasRange || !first) return new HubFault { IgnoresRange = true, HidesLength = hidesLength };
            first = false;
            return new HubFault { IgnoresRange = true, HidesLength = hidesLength, CutAfter = 1_500_000 };
        };
        await Run();
        await ShouldBeWhole();
        System.IO.File.Delete(Target);
        await Run(File() with { Size = null });
        await ShouldBeWhole();
    }

    [Fact]
    public async Task A_source_that_ignores_ranges_and_breaks_off_each_time_fails_after_a_few_attempts()
    {
        _hub.Fault = _ => new HubFault { IgnoresRange = true, CutAfter = 1_900_000 };
        (await Fault()).ShouldBe((DownloadFault.Unavailable, "its source breaks off"));
    }

    [Theory]
    [InlineData(1_999_999)]
    [InlineData(2_000_001)]
    public async Task A_source_whose_size_is_not_the_published_one_is_refused_at_once(int size)
    {
        _hub.Fault = _ => new HubFault { Size = size };
        (await Fault()).ShouldBe((DownloadFault.Wrong, $"its source has {size} bytes, and 2000000 are published"));
        _hub.Requests.Count.ShouldBeLessThanOrEqualTo(Limits.Connections);
    }

    [Fact]
    public async Task An_answer_that_is_shorter_than_asked_for_is_completed()
    {
        _hub.Fault = request => request.From % 300_000 == 0 ? new HubFault { ShortenTo = 200_000 } : null;
        await Run();
        await ShouldBeWhole();
    }

    [Fact]
    public async Task An_answer_with_another_part_than_asked_for_is_refused()
    {
        _hub.Fault = _ => new HubFault { Shift = 10 };
        (await Fault()).ShouldBe((DownloadFault.Wrong, "its source answers with another part than was asked for"));
    }

    [Fact]
    public async Task Wrong_bytes_are_deleted()
    {
        _hub.Fault = request => request.From == 600_000 ? new HubFault { Corrupts = true } : null;
        (await Fault()).ShouldBe((DownloadFault.Wrong, "what came is not the published file, and was deleted"));
        Directory.GetFiles(_folder.File("a folder")).ShouldBeEmpty();
        _hub.Fault = _ => null;
        await Run();
        await ShouldBeWhole();
    }

    [Theory]
    [InlineData(401, DownloadFault.Refused)]
    [InlineData(403, DownloadFault.Refused)]
    [InlineData(404, DownloadFault.NotFound)]
    [InlineData(400, DownloadFault.Unavailable)]
    public async Task A_status_that_does_not_change_fails_at_once(int status, object fault)
    {
        _hub.Fault = _ => new HubFault { Status = status };
        (await Fault()).ShouldBe(((DownloadFault)fault, $"its source answers {status}"));
        _hub.Requests.Count.ShouldBeLessThanOrEqualTo(Limits.Connections);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_source_that_is_busy_is_asked_again_and_given_up_in_the_end(int status)
    {
        var answers = 0;
        _hub.Fault = _ => Interlocked.Increment(ref answers) <= 3 ? new HubFault { Status = status } : null;
        await Run();
        await ShouldBeWhole();
        System.IO.File.Delete(Target);
        _hub.Fault = _ => new HubFault { Status = status };
        (await Fault()).ShouldBe((DownloadFault.Unavailable, $"its source answers {status}"));
    }

    [Fact]
    public async Task A_wait_that_the_source_asks_for_is_kept_unless_it_is_too_long()
    {
        _content = _hub.Add(Path, 200_000);
        var answers = 0;
        _hub.Fault = _ => answers++ == 0 ? new HubFault { Status = 429, RetryAfter = 1 } : null;
        await Run();
        _observer.Resumed.ShouldBe([("its source answers 429 and asks to wait 1 s", TimeSpan.FromSeconds(1))]);
        System.IO.File.Delete(Target);
        _hub.Fault = _ => new HubFault { Status = 429, RetryAfter = 3600 };
        (await Fault()).ShouldBe((DownloadFault.Unavailable, "its source answers 429 and asks to wait 3600 s"));
    }

    [Fact]
    public async Task A_source_that_is_silent_or_not_there_is_named_so()
    {
        _hub.Fault = _ => new HubFault { StallAfter = 0 };
        (await Fault()).ShouldBe((DownloadFault.Unavailable, "its source is silent"));
        await _hub.DisposeAsync();
        (await Fault()).ShouldBe((DownloadFault.Unavailable, "its source cannot be reached"));
        _hub = await HubServer.Start();
    }

    [Fact]
    public async Task A_source_that_brings_a_few_bytes_each_time_does_not_hold_a_download_for_ever()
    {
        _hub.Fault = _ => new HubFault { CutAfter = 10 };
        (await Fault()).ShouldBe((DownloadFault.Unavailable, "its source breaks off"));
    }

    [Fact]
    public async Task Redirects_are_followed_without_the_token_and_do_not_go_on_for_ever()
    {
        await using var other = await HubServer.Start();
        other.Files[Path] = _content;
        var there = new Uri(other.Address, $"owner/model/resolve/{HubServer.Commit}/weights%20file.bin").ToString();
        _hub.Token = "secret";
        _hub.Fault = _ => new HubFault { Redirect = there };
        await Run(token: "secret");
        await ShouldBeWhole();
        _hub.Requests.ShouldAllBe(request => request.Token == "Bearer secret");
        other.Requests.ShouldNotBeEmpty();
        other.Requests.ShouldAllBe(request => request.Token == null);
        System.IO.File.Delete(Target);
        _hub.Fault = request => new HubFault { Redirect = "weights%20file.bin" };
        (await Fault(token: "secret")).ShouldBe((DownloadFault.Wrong, "the redirects of its source do not end"));
        _hub.Requests.ShouldAllBe(request => request.Token == "Bearer secret", "a redirect within the host keeps the token");
        _hub.Fault = _ => new HubFault { Redirect = "file:///etc/passwd" };
        (await Fault(token: "secret")).ShouldBe((DownloadFault.Wrong, "its source redirects to file"));
    }

    [Fact]
    public async Task A_disk_without_room_is_found_before_the_first_byte()
    {
        var space = new DiskSpace(_ => 1_500_000);
        (await Fault(space: space)).ShouldBe(
            (DownloadFault.NoSpace, "the disk has no room for it: 0.002 GB are needed and 0.002 GB are free"));
        _hub.Requests.ShouldBeEmpty();
        (await Fault(File() with { Size = null }, space: space)).Fault.ShouldBe(DownloadFault.NoSpace);
        _observer.Advanced.ShouldBe(0);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_without_its_path()
    {
        await System.IO.File.WriteAllTextAsync(_folder.File("a folder"), "");
        (await Fault()).ShouldBe((DownloadFault.Storage, "the folder of models cannot be written"));
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_it_has()
    {
        _hub.Fault = _ => new HubFault { Pace = TimeSpan.FromMilliseconds(20) };
        using var stop = new CancellationTokenSource(100);
        await Should.ThrowAsync<OperationCanceledException>(Download(File(), null, DiskSpace.OfMachine).Run(stop.Token));
        _hub.Fault = _ => null;
        await Run();
        await ShouldBeWhole();
        _observer.Advanced.ShouldBe(2_000_000);
    }

    private RemoteFile File() =>
        new("weights file.bin", _content.Length, new Digest(DigestKind.Sha256, Convert.ToHexStringLower(SHA256.HashData(_content))));

    private FileDownload Download(RemoteFile file, string? token, DiskSpace space)
    {
        var folder = new Uri(_hub.Address, $"owner/model/resolve/{HubServer.Commit}/");
        var source = new HttpSource(new HttpFetch(_http, _hub.Address, token), folder);
        return new FileDownload(source, file, Target, Limits, space, _observer);
    }

    private Task Run(RemoteFile? file = null, string? token = null) =>
        Download(file ?? File(), token, DiskSpace.OfMachine).Run(CancellationToken.None);

    private async Task<(DownloadFault Fault, string Message)> Fault(RemoteFile? file = null, string? token = null, DiskSpace? space = null)
    {
        var download = Download(file ?? File(), token, space ?? DiskSpace.OfMachine);
        var problem = await Should.ThrowAsync<DownloadException>(download.Run(CancellationToken.None));
        return (problem.Fault, problem.Message);
    }

    private async Task ShouldBeWhole()
    {
        (await System.IO.File.ReadAllBytesAsync(Target)).AsSpan().SequenceEqual(_content).ShouldBeTrue();
        Directory.GetFiles(_folder.File("a folder")).ShouldBe([Target], "no part is left");
    }
}
