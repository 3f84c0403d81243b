using System.Security.Cryptography;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Server.Tests.Recognition.ModelFiles;

public sealed class WhisperModelsTests : IDisposable
{
    private static readonly byte[] Content = Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 31 + i / 251)).ToArray();
    private static readonly DownloadLimits Fast = new() { RetryDelay = TimeSpan.Zero, Retries = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_model_is_downloaded_once_for_all_callers_and_kept()
    {
        await using var source = await FileSource.Start(Content);
        var gate = new TaskCompletionSource();
        source.Gate = gate.Task;
        using var models = Models(source);
        models.CanHave("test").ShouldBeTrue();
        var asking = Enumerable.Range(0, 3).Select(_ => models.Obtain("test", CancellationToken.None)).ToArray();
        gate.SetResult();
        (await Task.WhenAll(asking)).ShouldAllBe(file => file == Path.Combine(_folder.Path, "ggml-test.bin"));
        (await models.Obtain("test", CancellationToken.None)).ShouldBe(models.Find("test"));
        (await File.ReadAllBytesAsync(models.Find("test")!)).ShouldBe(Content);
        source.Requested.ShouldBe([0]);
        Directory.GetFiles(_folder.Path).Length.ShouldBe(1, "no part is left");
        models.OnDisk.ShouldBe(["test"]);
    }

    [Fact]
    public async Task A_download_that_is_interrupted_continues_from_there()
    {
        await using var source = await FileSource.Start(Content);
        source.Cuts.Enqueue(300_000);
        source.Cuts.Enqueue(500_000);
        using var models = Models(source);
        (await File.ReadAllBytesAsync(await models.Obtain("test", CancellationToken.None))).ShouldBe(Content);
        source.Requested.Count.ShouldBe(3);
        source.Requested[1].ShouldBeInRange(1, 300_000);
        source.Requested[2].ShouldBeInRange(source.Requested[1] + 1, 800_000);
    }

    [Fact]
    public async Task A_part_of_an_earlier_run_is_completed()
    {
        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin.part"), Content[..400_000]);
        await using var source = await FileSource.Start(Content);
        using var models = Models(source);
        (await File.ReadAllBytesAsync(await models.Obtain("test", CancellationToken.None))).ShouldBe(Content);
        source.Requested.ShouldBe([400_000]);
    }

    [Theory]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_001, 2)]
    public async Task A_part_that_is_complete_is_used_and_one_that_is_too_long_is_downloaded_again(int length, int requests)
    {
        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin.part"), [.. Content, .. new byte[length - Content.Length]]);
        await using var source = await FileSource.Start(Content);
        using var models = Models(source);
        (await File.ReadAllBytesAsync(await models.Obtain("test", CancellationToken.None))).ShouldBe(Content);
        source.Requested.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task A_source_without_ranges_is_read_from_the_start()
    {
        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin.part"), Content[5..400_000]);
        await using var source = await FileSource.Start(Content, ranges: false);
        using var models = Models(source);
        (await File.ReadAllBytesAsync(await models.Obtain("test", CancellationToken.None))).ShouldBe(Content);
    }

    [Fact]
    public async Task A_file_that_is_not_the_published_one_is_deleted_and_what_an_earlier_run_left_is_replaced()
    {
        await using (var other = await FileSource.Start(Content[1..]))
        {
            using var wrong = Models(other);
            (await Fault(wrong)).ShouldBe(
                "The Whisper model test was not downloaded: what came is not the published file, and was deleted.");
            Directory.GetFiles(_folder.Path).ShouldBeEmpty();
        }

        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin.part"), new byte[1000]);
        await using var source = await FileSource.Start(Content);
        using var models = Models(source);
        (await File.ReadAllBytesAsync(await models.Obtain("test", CancellationToken.None))).ShouldBe(Content);
    }

    [Fact]
    public async Task The_status_of_a_source_that_refuses_is_in_the_message()
    {
        await using var source = await FileSource.Start(Content);
        source.Status = 404;
        using var models = Models(source);
        (await Fault(models)).ShouldBe("The Whisper model test was not downloaded: its source answers 404.");
    }

    [Fact]
    public async Task A_source_that_sends_nothing_or_is_not_there_fails_the_download()
    {
        Uri gone;
        await using (var source = await FileSource.Start(Content))
        {
            gone = source.Address;
            source.Gate = new TaskCompletionSource().Task;
            using var models = Models(source, o => o with { Limits = Fast with { StallLimit = TimeSpan.FromMilliseconds(100) } });
            (await Fault(models)).ShouldEndWith("its source is silent.");
        }

        using var later = Models(null, o => o with { WhisperModelUrl = gone.ToString() });
        (await Fault(later)).ShouldEndWith("its source cannot be reached.");
    }

    [Fact]
    public async Task The_message_about_a_folder_that_cannot_be_written_has_no_path()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        await using var source = await FileSource.Start(Content);
        using var models = Models(source, folder: _folder.File("file"));
        (await Fault(models)).ShouldBe("The Whisper model test was not downloaded: the folder of models cannot be written.");
    }

    [Fact]
    public async Task A_download_continues_when_its_caller_is_cancelled()
    {
        await using var source = await FileSource.Start(Content);
        var gate = new TaskCompletionSource();
        source.Gate = gate.Task;
        using var models = Models(source);
        using var cancellation = new CancellationTokenSource();
        var asking = models.Obtain("test", cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        var other = models.Obtain("test", CancellationToken.None);
        gate.SetResult();
        await other;
        source.Requested.ShouldBe([0]);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public void A_missing_model_is_downloaded_as_the_setting_says(bool? downloads, bool asked, bool unasked)
    {
        using var models = Models(null, o => o with { WhisperDownloads = downloads });
        (models.CanHave("test"), models.CanHaveUnasked("test")).ShouldBe((asked, unasked));
        File.WriteAllText(_folder.File("ggml-test.bin"), "");
        (models.CanHave("test"), models.CanHaveUnasked("test")).ShouldBe((true, true));
        models.CanHaveUnasked("huge").ShouldBeFalse();
    }

    [Fact]
    public async Task With_downloads_off_only_what_is_on_disk_is_available()
    {
        using var models = Models(null, o => o with { WhisperDownloads = false });
        models.CanHave("test").ShouldBeFalse();
        await Should.ThrowAsync<RecognizerUnavailableException>(() => models.Obtain("test", CancellationToken.None));
        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin"), Content);
        models.CanHave("test").ShouldBeTrue();
        (await models.Obtain("test", CancellationToken.None)).ShouldBe(_folder.File("ggml-test.bin"));
    }

    [Fact]
    public async Task Another_model_is_used_if_its_header_is_valid()
    {
        using var models = Models(null, o => o with { WhisperDownloads = false });
        ScriptedModel.Write(_folder.File("ggml-test.bin"));
        await models.Obtain("test", CancellationToken.None);
        await File.WriteAllBytesAsync(_folder.File("ggml-test.bin"), Content[1..]);
        (await Fault(models)).ShouldBe("The file of the Whisper model test is no Whisper model in ggml's format.");
    }

    [Fact]
    public void A_file_may_have_the_name_of_the_size()
    {
        using var models = RecognitionServices.CreateModels(
            new RecognitionOptions { WhisperModels = _folder.Path },
            "data",
            NullLogger<WhisperModels>.Instance);
        File.WriteAllText(_folder.File("ggml-large.bin"), "");
        models.Find("large").ShouldBe(_folder.File("ggml-large.bin"));
        File.WriteAllText(_folder.File("ggml-large-v3.bin"), "");
        models.Find("large").ShouldBe(_folder.File("ggml-large-v3.bin"));
    }

    [Fact]
    public void Every_published_model_has_a_whole_checksum() =>
        PublishedModels.BySize.Values.ShouldAllBe(m => m.Sha1.Length == 40 && m.Sha1.All(char.IsAsciiHexDigitLower));

    /// <summary>The message of the exception that obtaining the model throws.</summary>
    private static async Task<string> Fault(WhisperModels models) =>
        (await Should.ThrowAsync<RecognitionException>(() => models.Obtain("test", CancellationToken.None))).Message;

    private WhisperModels Models(
        FileSource? source,
        Func<RecognitionOptions, RecognitionOptions>? with = null,
        string? folder = null)
    {
        var options = new RecognitionOptions { WhisperModelUrl = source?.Address.ToString(), Limits = Fast };
        if (with is not null) options = with(options);
        var sha1 = Convert.ToHexStringLower(SHA1.HashData(Content));
        var published = new Dictionary<string, PublishedModel> { ["test"] = new("ggml-test.bin", sha1) };
        var client = HttpFetch.CreateClient();
        return new WhisperModels(folder ?? _folder.Path, options, published, client, NullLogger<WhisperModels>.Instance);
    }
}
