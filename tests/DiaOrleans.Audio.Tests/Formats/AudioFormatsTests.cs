using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class AudioFormatsTests
{
    [Fact]
    public void The_formats_are_listed_in_the_order_of_the_interface() =>
        AudioFormats.All.Select(f => f.Name()).ShouldBe(["wav", "mp3", "opus", "aac", "flac", "pcm"]);

    [Fact]
    public void Every_format_has_the_content_type_and_extension_of_the_interface() =>
        AudioFormats.All.Select(f => $"{f.Extension()} {f.ContentType()}").ShouldBe(
            ["wav audio/wav", "mp3 audio/mpeg", "opus audio/ogg", "aac audio/aac", "flac audio/flac", "pcm audio/pcm"]);

    [Theory]
    [InlineData("wav", AudioFormat.Wav)]
    [InlineData("MP3", AudioFormat.Mp3)]
    [InlineData("Opus", AudioFormat.Opus)]
    [InlineData("Ogg", AudioFormat.Opus)]
    [InlineData("aAc", AudioFormat.Aac)]
    [InlineData("FLAC", AudioFormat.Flac)]
    [InlineData("pcm", AudioFormat.Pcm)]
    public void A_name_is_found_in_any_case(string text, AudioFormat expected)
    {
        AudioFormats.TryParse(text, out var format).ShouldBeTrue();
        format.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" wav")]
    [InlineData("0")]
    [InlineData("oga")]
    public void Other_text_is_not_a_name(string? text) => AudioFormats.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(AudioFormat.Wav, null, 44100)]
    [InlineData(AudioFormat.Pcm, null, 24000)]
    [InlineData(AudioFormat.Opus, null, 48000)]
    [InlineData(AudioFormat.Mp3, null, 44100)]
    [InlineData(AudioFormat.Opus, 8000, 48000)]
    [InlineData(AudioFormat.Wav, 12345, 12345)]
    [InlineData(AudioFormat.Flac, 12345, 12345)]
    [InlineData(AudioFormat.Pcm, 8000, 8000)]
    [InlineData(AudioFormat.Mp3, 8000, 8000)]
    [InlineData(AudioFormat.Mp3, 8001, 11025)]
    [InlineData(AudioFormat.Mp3, 44101, 48000)]
    [InlineData(AudioFormat.Aac, 23999, 24000)]
    [InlineData(AudioFormat.Aac, 96000, 48000)]
    public void The_rate_is_the_requested_one_or_the_next_that_the_format_supports(AudioFormat format, int? requested, int expected) =>
        format.RateFor(requested).ShouldBe(expected);

    [Fact]
    public void Wave_and_pcm_need_no_library() => (AudioFormat.Wav.Missing() ?? AudioFormat.Pcm.Missing()).ShouldBeNull();
}
