using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.PromptLibrary;

public sealed class PromptImportTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dia-import-").FullName;
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Recordings_and_their_transcripts_are_loaded_once_and_discovered()
    {
        await Put("anna.wav", WaveReader.Tone(1, rate: 16000));
        await Put("anna.txt", "Words of Anna."u8.ToArray());
        await Put("bob.WAV", WaveReader.Tone(2, rate: 16000));
        await Put("bob.reference.txt", "Words of Bob."u8.ToArray());
        (await Import()).ShouldAllBe(file => file.Outcome == ImportOutcome.Stored);
        (await Import()).ShouldAllBe(file => file.Outcome == ImportOutcome.Unchanged);
        await Put("anna.txt", "Other words."u8.ToArray());
        (await Import()).Single(file => file.Outcome == ImportOutcome.Stored).Name.ShouldBe("anna.txt");
        var found = await _bench.Discovery.Discover(forceRetranscribe: false, default);
        found.Select(prompt => (prompt.Id, prompt.Transcript!.Text))
            .ShouldBe([("anna", "Other words."), ("bob", "Words of Bob.")], ignoreOrder: true);
    }

    [Fact]
    public async Task Names_are_normalised()
    {
        await Put("u\u0308.wav", WaveReader.Tone(1, rate: 16000));
        await Import();
        (await _bench.Blobs.List("audio_prompts")).Select(blob => blob.Key).ShouldBe(["audio_prompts/\u00fc.wav"]);
    }

    [Fact]
    public async Task What_cannot_be_used_is_skipped_with_a_reason()
    {
        await Put("readme.md", new byte[1]);
        await Put("alone.txt", new byte[1]);
        await Put("a.wav", WaveReader.Tone(1, rate: 16000));
        await Put("a.txt", new byte[(64 << 10) + 1]);
        await Put("x.reference.wav", new byte[1]);
        Directory.CreateDirectory(Path.Combine(_folder, "inner.wav"));
        (await Import()).Where(file => file.Outcome == ImportOutcome.Skipped).Select(file => (file.Name, file.Reason)).ShouldBe(
        [
            ("a.txt", "it has 65537 bytes; at most 65536 can be read"),
            ("alone.txt", "there is no recording of this name"),
            ("readme.md", "it is no recording and no transcript"),
            ("x.reference.wav", "it is no recording and no transcript"),
        ]);
    }

    private Task Put(string name, byte[] content) => File.WriteAllBytesAsync(Path.Combine(_folder, name), content);

    private async Task<List<ImportedFile>> Import() => await new PromptImport(_bench.Blobs).Run(_folder, default).ToListAsync();
}
