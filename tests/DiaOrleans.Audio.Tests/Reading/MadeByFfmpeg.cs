using System.Collections.Concurrent;
using System.Diagnostics;
using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>Audio files of all formats, each written by ffmpeg once per run.</summary>
internal static class MadeByFfmpeg
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Made = new();

    /// <summary>0.5 s of 440 Hz at half of full scale, then silence to the end; stereo at 44.1 kHz, the right channel silent.</summary>
    public static byte[] Tone(string extension, string options = "") =>
        GetOrMake("aevalsrc=0.5*sin(2*PI*440*t)*lt(t\\,0.5)|0:s=44100:d=0.6", extension, options);

    /// <summary>20 minutes of silence in a small file; mono, 8 kHz.</summary>
    public static byte[] Silence(string extension, string options = "") => GetOrMake("anullsrc=r=8000:cl=mono:d=1200", extension, options);

    /// <summary>0.2 s of video without sound.</summary>
    public static byte[] Video() => GetOrMake("color=s=16x16:d=0.2", "mkv", "-c:v ffv1");

    // Returns a copy, because some tests change it.
    private static byte[] GetOrMake(string source, string extension, string options) =>
        [.. Made.GetOrAdd($"{source} {extension} {options}", _ => new(() => Make(source, extension, options))).Value];

    private static byte[] Make(string source, string extension, string options)
    {
        Assert.SkipUnless(new FfmpegReader().Missing is null, "ffmpeg is not installed");
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{extension}");
        try
        {
            string[] encoding = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            using var process = Process.Start("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, .. encoding, file]);
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, extension + options);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
