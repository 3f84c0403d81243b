using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>Names and properties of the formats; docs/api.md, Generation.</summary>
public static class AudioFormats
{
    /// <summary>The container of <see cref="AudioFormat.Opus"/>, which clients name instead.</summary>
    private const string OpusContainer = "ogg";

    private static readonly int[] MpegRates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// <summary>A row a format, in the order in which the API lists them.</summary>
    private static readonly FormatFacts[] Facts =
    [
        new(AudioFormat.Wav, "wav", "audio/wav", (rate, _) => new WaveEncoder(rate)),
        new(AudioFormat.Mp3, "mp3", "audio/mpeg", (rate, whole) => new Mp3Encoder(rate, whole))
        {
            Rates = MpegRates,
            Missing = () => NativeLibraries.WhyMissing(NativeLibraryName.Lame),
        },
        new(AudioFormat.Opus, "opus", "audio/ogg", (_, _) => new OpusEncoder())
        {
            Rates = [48000],
            Missing = () => NativeLibraries.WhyMissing(NativeLibraryName.OpusEnc),
        },
        new(AudioFormat.Aac, "aac", "audio/aac", (rate, _) => new AacEncoder(rate)) { Rates = MpegRates, Missing = () => Ffmpeg.Missing },
        new(AudioFormat.Flac, "flac", "audio/flac", (rate, whole) => new FlacEncoder(rate, whole))
        {
            Missing = () => NativeLibraries.WhyMissing(NativeLibraryName.Flac),
        },
        new(AudioFormat.Pcm, "pcm", "audio/pcm", (_, _) => new WaveEncoder(null)) { DefaultRate = 24000 },
    ];

    /// <summary>All formats, in the order in which the API lists them.</summary>
    public static IReadOnlyList<AudioFormat> All { get; } = [.. Facts.Select(facts => facts.Format)];

    /// <summary>The format's name in requests.</summary>
    /// <param name="format">A format.</param>
    public static string Name(this AudioFormat format) => Find(format).Name;

    /// <summary>The value of the Content-Type header.</summary>
    /// <param name="format">A format.</param>
    public static string ContentType(this AudioFormat format) => Find(format).ContentType;

    /// <summary>The extension of a file name, without the dot.</summary>
    /// <param name="format">A format.</param>
    public static string Extension(this AudioFormat format) => format.Name();

    /// <summary>Finds a format by its name, ignoring case; ogg is another name of opus.</summary>
    /// <param name="text">A name; null is none.</param>
    /// <param name="format">The format, if the result is true.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out AudioFormat format)
    {
        if (string.Equals(text, OpusContainer, StringComparison.OrdinalIgnoreCase)) text = AudioFormat.Opus.Name();
        var found = Array.Find(Facts, facts => string.Equals(facts.Name, text, StringComparison.OrdinalIgnoreCase));
        format = found?.Format ?? default;
        return found is not null;
    }

    /// <summary>
    /// The rate that is encoded, in Hz: the requested rate, or the next higher one that the format supports, or its highest. Opus is always
    /// 48000.
    /// </summary>
    /// <param name="format">A format.</param>
    /// <param name="requested">Hz; null is 24000 for PCM and 44100 for other formats.</param>
    public static int RateFor(this AudioFormat format, int? requested)
    {
        var facts = Find(format);
        var rate = requested ?? facts.DefaultRate;
        return facts.Rates is { } rates ? rates.FirstOrDefault(r => r >= rate, rates[^1]) : rate;
    }

    /// <summary>
    /// Null if this machine can encode the format; else a sentence that names the missing library or program and its Debian package. The
    /// search is made once per process.
    /// </summary>
    /// <param name="format">A format.</param>
    public static string? Missing(this AudioFormat format) => Find(format).Missing();

    internal static FormatFacts Find(AudioFormat format) =>
        Array.Find(Facts, facts => facts.Format == format) ?? throw new ArgumentOutOfRangeException(nameof(format));
}
