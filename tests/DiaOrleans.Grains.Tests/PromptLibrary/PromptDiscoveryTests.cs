using System.Diagnostics;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.PromptLibrary;

public sealed class PromptDiscoveryTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_id_of_a_file_is_its_name_in_normalisation_form_c()
    {
        await _bench.Put("Zoe\u0308.wav", WaveReader.Tone(1));
        (await _bench.Discovery.Discover(false, default)).ShouldHaveSingleItem().Id.ShouldBe("Zo\u00eb");
        (await _bench.Prompt("Zo\u00eb").Get())!.Recording.Path.ShouldBe("audio_prompts/Zoe\u0308.wav");
        (await _bench.Get<PromptRemoval>().Remove("Zo\u00eb", default)).Found.ShouldBeTrue();
        _bench.Read("Zoe\u0308.wav").ShouldBeNull();
    }

    [Theory]
    [InlineData("Zoe\u0308.wav", "Zo\u00eb.txt", "txt")]
    [InlineData("Zo\u00eb.wav", "Zoe\u0308.txt", "txt")]
    [InlineData("Zoe\u0308.wav", "Zoe\u0308.reference.txt", "reference")]
    [InlineData("\u1112\u1161\u11ab.wav", "\ud55c.txt", "txt")]
    public async Task The_name_of_a_transcript_matches_in_any_normalisation_form(string recording, string text, string source)
    {
        await _bench.Put(recording, WaveReader.Tone(1));
        await _bench.Put(text, "Words.");
        var found = (await _bench.Discovery.Discover(false, default)).ShouldHaveSingleItem();
        found.Transcript.ShouldNotBeNull().ShouldSatisfyAllConditions(t => t.Text.ShouldBe("Words."), t => t.Source.ShouldBe(source));
        (await _bench.Get<PromptRemoval>().Remove(found.Id, default)).Found.ShouldBeTrue();
        Directory.GetFiles(Path.Combine(_bench.Folder, "audio_prompts")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Finds_recordings_of_all_formats_by_their_names_without_the_extension()
    {
        string[] recordings = ["a.wav", "my voice.MP3", "c.v1.flac", "d.ogg", "e.m4a", "f.aac", "g.wma", "h.mp4"];
        foreach (var name in recordings) await _bench.Put(name, WaveReader.Tone(1.5));
        foreach (var name in (string[])["a.txt", "notes.md", "x.opus", "b.reference.wav"]) await _bench.Put(name, "text");
        (await Discover()).Select(prompt => prompt.Id).ShouldBe(["a", "c.v1", "d", "e", "f", "g", "h", "my voice"]);
        var found = (await _bench.Listed()).Single(prompt => prompt.Id == "my voice");
        found.Recording.Path.ShouldBe("audio_prompts/my voice.MP3");
        (found.Recording.Duration, found.Recording.SampleRate).ShouldBe((1.5, 8000));
        (await _bench.Cluster.Catalog.ListIds()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_skipped_and_the_others_are_found()
    {
        await _bench.Put("bad.mp3", "noise");
        await _bench.Put("good.wav", WaveReader.Tone(1));
        (await Discover()).Select(prompt => prompt.Id).ShouldBe(["good"]);
        (await _bench.Listed()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Pipes_and_links_do_not_stop_the_discovery()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files");
        await _bench.Put("good.wav", WaveReader.Tone(1));
        var folder = Path.Combine(_bench.Folder, "audio_prompts");
        foreach (var name in (string[])["a.wav", "good.txt"])
        {
            using var mkfifo = Process.Start("mkfifo", Path.Combine(folder, name));
            await mkfifo.WaitForExitAsync();
        }

        File.CreateSymbolicLink(Path.Combine(folder, "link.wav"), Path.Combine(folder, "good.wav"));
        var found = await Task.Run(Discover).WaitAsync(TimeSpan.FromSeconds(20));
        found.Select(prompt => prompt.Id).ShouldBe(["good"]);
    }

    [Fact]
    public async Task All_are_registered_before_the_first_is_recognised()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        await _bench.Configure(new ServerConfiguration());
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("b.wav", WaveReader.Tone(2));
        var discovering = Discover();
        await GrainCluster.Until(async () => (await _bench.Listed()).Count == 2);
        discovering.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        (await discovering).ShouldAllBe(prompt => prompt.Transcript!.Text == "Heard words.");
    }

    [Fact]
    public async Task If_several_files_have_one_id_the_wav_file_is_used()
    {
        await _bench.Put("a.mp3", WaveReader.Tone(2));
        await _bench.Put("a.wav", WaveReader.Tone(1));
        (await Discover()).ShouldHaveSingleItem().Recording.Path.ShouldBe("audio_prompts/a.wav");
    }

    [Fact]
    public async Task An_unchanged_file_is_not_decoded_again()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        var first = (await Discover()).Single();
        _bench.Cluster.Time.Advance(TimeSpan.FromHours(1));
        (await Discover()).Single().ShouldBe(first);
        _bench.Reader.Reads.ShouldBe(1);
    }

    [Theory]
    [InlineData(false, false, false, null, null)]
    [InlineData(false, false, true, "Heard words.", "whisper")]
    [InlineData(false, true, true, "From the file.", "txt")]
    [InlineData(true, true, true, "The reference.", "reference")]
    [InlineData(true, false, false, "The reference.", "reference")]
    public async Task The_first_source_with_a_transcript_is_used(
        bool reference, bool textFile, bool recognises, string? text, string? source)
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        if (reference) await _bench.Put("a.reference.txt", " The\r\n reference . ");
        if (textFile) await _bench.Put("a.txt", "\ufeffFrom the file.\n");
        if (recognises) await _bench.Configure(new ServerConfiguration());
        var transcript = (await Discover()).Single().Transcript;
        (transcript?.Text, transcript?.Source).ShouldBe((text, source));
        (await Discover()).Single().Transcript?.Source.ShouldBe(source);
        _bench.Recognizer.Calls.ShouldBe(source == "whisper" ? 1 : 0);
    }

    [Fact]
    public async Task An_empty_text_file_is_no_transcript()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("a.txt", " \n");
        (await Discover()).Single().Transcript.ShouldBeNull();
    }

    [Fact]
    public async Task A_stored_transcript_is_kept_until_the_recording_changes()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("a.txt", "From the file.");
        await Discover();
        await _bench.Blobs.Delete("audio_prompts/a.txt");
        (await Discover()).Single().Transcript!.Text.ShouldBe("From the file.");
        await _bench.Put("a.wav", WaveReader.Tone(2));
        (await Discover()).Single().Transcript.ShouldBeNull();
    }

    [Fact]
    public async Task A_recognised_transcript_is_saved_beside_the_recording_and_its_spans_are_kept()
    {
        await _bench.Configure(new ServerConfiguration());
        _bench.Recognizer.Spans = [new TranscriptSpan(0, 1, "Heard words.")];
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await Discover();
        _bench.Read("a.txt").ShouldBe("Heard words.");
        _bench.Recognizer.Samples.ShouldBe(16000);
        (await Discover()).Single().Transcript!.Spans.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Force_recognises_in_spite_of_the_files_and_keeps_a_backup()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("a.txt", "From the file.");
        await _bench.Put("a.reference.txt", "The reference.");
        await _bench.Configure(new ServerConfiguration());
        (await _bench.Discovery.Discover(true, default)).Single().Transcript!.Text.ShouldBe("Heard words.");
        _bench.Read("a.txt").ShouldBe("Heard words.");
        _bench.Read("a.txt.backup").ShouldBe("From the file.");
    }

    [Fact]
    public async Task A_model_that_is_downloaded_only_for_a_client_is_used_by_force_alone()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Configure(new ServerConfiguration());
        (_bench.Recognizer.OnDisk, _bench.Recognizer.FetchesUnasked) = (false, false);
        (await Discover()).Single().Transcript.ShouldBeNull();
        _bench.Recognizer.Calls.ShouldBe(0);
        (await _bench.Discovery.Discover(true, default)).Single().Transcript!.Text.ShouldBe("Heard words.");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Force_is_ignored_without_automatic_recognition(bool available, bool autoTranscribe)
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("a.txt", "From the file.");
        _bench.Recognizer.Available = available;
        await _bench.Configure(new ServerConfiguration { AutoTranscribe = autoTranscribe });
        (await _bench.Discovery.Discover(true, default)).Single().Transcript!.Text.ShouldBe("From the file.");
    }

    [Fact]
    public async Task A_failed_recognition_leaves_the_prompt_without_a_transcript()
    {
        await _bench.Configure(new ServerConfiguration());
        _bench.Recognizer.Failure = new RecognitionException("No such size.");
        await _bench.Put("a.wav", WaveReader.Tone(1));
        (await Discover()).Single().Transcript.ShouldBeNull();
    }

    [Fact]
    public async Task Voices_without_a_transcript_get_it_and_follow_the_file_unless_set_by_hand()
    {
        await _bench.Voice("lacks", "a");
        await _bench.Voice("by hand", "a", "Typed.");
        await _bench.Voice("other", "b");
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Put("a.txt", "First.");
        await Discover();
        (await Texts()).ShouldBe(["First.", "Typed.", null]);
        await _bench.Put("a.wav", WaveReader.Tone(2));
        await _bench.Put("a.txt", "Second.");
        await Discover();
        (await Texts()).ShouldBe(["Second.", "Typed.", null]);
    }

    [Fact]
    public async Task A_new_transcript_of_the_same_file_changes_no_voice_that_has_one()
    {
        await _bench.Put("a.wav", WaveReader.Tone(1));
        await _bench.Configure(new ServerConfiguration());
        await Discover();
        await _bench.Voice("v", "a");
        _bench.Recognizer.Text = "Recognised again.";
        (await _bench.Discovery.Discover(true, default)).Single().Transcript!.Text.ShouldBe("Recognised again.");
        (await _bench.TranscriptOf("v")).ShouldBe("Heard words.");
    }

    private Task<IReadOnlyList<AudioPrompt>> Discover() => _bench.Discovery.Discover(false, default);

    private async Task<string?[]> Texts() =>
        [await _bench.TranscriptOf("lacks"), await _bench.TranscriptOf("by hand"), await _bench.TranscriptOf("other")];
}
