using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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

    /// <summary>A source: 1 s of silence, then a 330 Hz tone with noise; mono at 44.1 kHz. The first frames of a file are small.</summary>
    public static string QuietStart(double seconds) => Source("gt(t,1)*(0.3*sin(2*PI*330*t)+0.2*(random(0)-0.5))", seconds);

    /// <summary>A source: 1 s of noise, then a 330 Hz tone; mono at 44.1 kHz. The first frames of a file are large.</summary>
    public static string LoudStart(double seconds) => Source("0.3*sin(2*PI*330*t)+lt(t,1)*(random(0)-0.5)", seconds);

    /// <summary>A file.</summary>
    public static byte[] Written(string source, string extension, string options = "") => GetOrMake(source, extension, options);

    /// <summary>What ffmpeg writes to a pipe: no header can be completed at the end.</summary>
    public static byte[] Piped(string source, string format, string options = "") => GetOrMake(source, format, options, piped: true);

    /// <summary>0.2 s of video without sound.</summary>
    public static byte[] Video() => GetOrMake("color=s=16x16:d=0.2", "mkv", "-c:v ffv1");

    private static string Source(string expression, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"aevalsrc='{expression}':s=44100:d={seconds}");

    // Returns a copy, because some tests change it.
    private static byte[] GetOrMake(string source, string extension, string options, bool piped = false) =>
        [.. Made.GetOrAdd(
            $"{source} {extension} {options} {piped}",
            _ => new(() => piped ? MakePiped(source, extension, options) : Make(source, extension, options))).Value];

    private static byte[] MakePiped(string source, string format, string options)
    {
        Assert.SkipUnless(new FfmpegReader().Missing is null, "ffmpeg is not installed");
        string[] encoding = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, .. encoding, "-f", format, "pipe:1"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, format + options);
        return bytes.ToArray();
    }

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
