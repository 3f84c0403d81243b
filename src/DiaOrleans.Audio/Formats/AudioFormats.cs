using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>The formats by name, with what each can do; spec/api.md 2.1.</summary>
public static class AudioFormats
{
    private static readonly int[] MpegRates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// <summary>All of them, in the order in which they are listed to people.</summary>
    public static IReadOnlyList<AudioFormat> All { get; } = [AudioFormat.Wav, AudioFormat.Mp3, AudioFormat.Opus, AudioFormat.Aac, AudioFormat.Flac, AudioFormat.Pcm];

    /// <summary>The name in requests.</summary>
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

    /// <summary>The value of a Content-Type header.</summary>
    public static string ContentType(this AudioFormat format) => format switch
    {
        AudioFormat.Mp3 => "audio/mpeg",
        AudioFormat.Opus => "audio/ogg",
        _ => $"audio/{format.Name()}",
    };

    /// <summary>The ending of a file's name, without its dot.</summary>
    public static string Extension(this AudioFormat format) => format.Name();

    /// <summary>Finds a format by its name, in any case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AudioFormat format)
    {
        foreach (var candidate in All)
        {
            format = candidate;
            if (string.Equals(candidate.Name(), text, StringComparison.OrdinalIgnoreCase)) return true;
        }

        format = default;
        return false;
    }

    /// <summary>The rate in Hz that is encoded: the one asked for (none: 44100, for PCM 24000), or the next higher one that the format has; above its highest, that. Opus is always 48000.</summary>
    public static int RateFor(this AudioFormat format, int? asked)
    {
        var rate = asked ?? (format == AudioFormat.Pcm ? 24000 : 44100);
        return format switch
        {
            AudioFormat.Opus => 48000,
            AudioFormat.Mp3 or AudioFormat.Aac => MpegRates.FirstOrDefault(r => r >= rate, MpegRates[^1]),
            _ => rate,
        };
    }

    /// <summary>Null when the format can be encoded here; else a sentence that names the missing library or program and its Debian package. Looked for once.</summary>
    public static string? Missing(this AudioFormat format) => format switch
    {
        AudioFormat.Mp3 => NativeLibraries.WhyMissing(NativeLibraryName.Lame),
        AudioFormat.Opus => NativeLibraries.WhyMissing(NativeLibraryName.OpusEnc),
        AudioFormat.Aac => Ffmpeg.Missing,
        AudioFormat.Flac => NativeLibraries.WhyMissing(NativeLibraryName.Flac),
        _ => null,
    };
}
