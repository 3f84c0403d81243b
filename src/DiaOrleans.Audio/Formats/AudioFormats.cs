using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>Names and properties of the formats; docs/api.md, Generation.</summary>
public static class AudioFormats
{
    /// <summary>The container of <see cref="AudioFormat.Opus"/>, which clients name instead.</summary>
    private const string OpusContainer = "ogg";

    private static readonly int[] MpegRates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// <summary>All formats, in the order in which the API lists them.</summary>
    public static IReadOnlyList<AudioFormat> All { get; } =
        [AudioFormat.Wav, AudioFormat.Mp3, AudioFormat.Opus, AudioFormat.Aac, AudioFormat.Flac, AudioFormat.Pcm];

    /// <summary>The format's name in requests.</summary>
    /// <param name="format">A format.</param>
    public static string Name(this AudioFormat format) => format switch
    {
        AudioFormat.Wav => "wav",
        AudioFormat.Mp3 => "mp3",
        AudioFormat.Opus => "opus",
        AudioFormat.Aac => "aac",
        AudioFormat.Flac => "flac",
        AudioFormat.Pcm => "pcm",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The value of the Content-Type header.</summary>
    /// <param name="format">A format.</param>
    public static string ContentType(this AudioFormat format) => format switch
    {
        AudioFormat.Mp3 => "audio/mpeg",
        AudioFormat.Opus => "audio/ogg",
        _ => $"audio/{format.Name()}",
    };

    /// <summary>The extension of a file name, without the dot.</summary>
    /// <param name="format">A format.</param>
    public static string Extension(this AudioFormat format) => format.Name();

    /// <summary>Finds a format by its name, ignoring case; ogg is another name of opus.</summary>
    /// <param name="text">A name; null is none.</param>
    /// <param name="format">The format, if the result is true.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out AudioFormat format)
    {
        if (string.Equals(text, OpusContainer, StringComparison.OrdinalIgnoreCase)) text = AudioFormat.Opus.Name();
        foreach (var candidate in All)
        {
            format = candidate;
            if (string.Equals(candidate.Name(), text, StringComparison.OrdinalIgnoreCase)) return true;
        }

        format = default;
        return false;
    }

    /// <summary>
    /// The rate that is encoded, in Hz: the requested rate, or the next higher one that the format supports, or its highest. Opus is always
    /// 48000.
    /// </summary>
    /// <param name="format">A format.</param>
    /// <param name="requested">Hz; null is 24000 for PCM and 44100 for other formats.</param>
    public static int RateFor(this AudioFormat format, int? requested)
    {
        var rate = requested ?? (format == AudioFormat.Pcm ? 24000 : 44100);
        return format switch
        {
            AudioFormat.Opus => 48000,
            AudioFormat.Mp3 or AudioFormat.Aac => MpegRates.FirstOrDefault(r => r >= rate, MpegRates[^1]),
            _ => rate,
        };
    }

    /// <summary>
    /// Null if this machine can encode the format; else a sentence that names the missing library or program and its Debian package. The
    /// search is made once per process.
    /// </summary>
    /// <param name="format">A format.</param>
    public static string? Missing(this AudioFormat format) => format switch
    {
        AudioFormat.Mp3 => NativeLibraries.WhyMissing(NativeLibraryName.Lame),
        AudioFormat.Opus => NativeLibraries.WhyMissing(NativeLibraryName.OpusEnc),
        AudioFormat.Aac => Ffmpeg.Missing,
        AudioFormat.Flac => NativeLibraries.WhyMissing(NativeLibraryName.Flac),
        _ => null,
    };
}
