using System.Collections.Concurrent;
using System.Diagnostics;

namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>Sound files of each kind, written by ffmpeg once a run.</summary>
internal static class MadeByFfmpeg
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Made = new();

    /// <summary>0.5 s of 440 Hz at half of full scale, then silence to the end; stereo at 44.1 kHz, the right channel silent.</summary>
    public static byte[] Tone(string extension, string options = "") =>
        Of("aevalsrc=0.5*sin(2*PI*440*t)*lt(t\\,0.5)|0:s=44100:d=0.6", extension, options);

    /// <summary>Twenty minutes of silence, mono at 8 kHz: a small file.</summary>
    public static byte[] Silence(string extension, string options = "") => Of("anullsrc=r=8000:cl=mono:d=1200", extension, options);

    public static byte[] Video() => Of("color=s=16x16:d=0.2", "mkv", "-c:v ffv1");

    // A copy, since some tests damage it.
    private static byte[] Of(string source, string extension, string options) =>
        [.. Made.GetOrAdd($"{source} {extension} {options}", _ => new(() => Make(source, extension, options))).Value];

    private static byte[] Make(string source, string extension, string options)
    {
        Assert.SkipUnless(new DiaOrleans.Audio.Reading.FfmpegReader().Missing is null, "ffmpeg is not installed");
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{extension}");
        try
        {
            var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), file]);
            using var process = Process.Start(start)!;
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
