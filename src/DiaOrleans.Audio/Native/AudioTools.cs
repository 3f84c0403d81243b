using System.ComponentModel;
using System.Diagnostics;

namespace DiaOrleans.Audio.Native;

/// <summary>An optional library or program of the system.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version that it reports; null if it is missing or reports none.</param>
/// <param name="Purpose">What it is used for.</param>
/// <param name="Missing">Null if it is installed; else a sentence that names its Debian package.</param>
public sealed record AudioTool(string Name, string? Version, string Purpose, string? Missing);

/// <summary>Lists the optional libraries and programs of the system.</summary>
public static class AudioTools
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Looks for each library and program. Starts ffmpeg for its version and waits up to 10 s for it.</summary>
    public static IReadOnlyList<AudioTool> FindAll() =>
    [
        FindLibrary(NativeLibraryName.SoundFile, "reads recordings: WAV, FLAC, MP3, Ogg"),
        FindLibrary(NativeLibraryName.Lame, "writes mp3"),
        FindLibrary(NativeLibraryName.OpusEnc, "writes opus"),
        FindLibrary(NativeLibraryName.Flac, "writes flac"),
        FindLibrary(NativeLibraryName.SoundTouch, "changes the speed of speech"),
        new("ffmpeg", ReadFfmpegVersion(), "writes aac, reads recordings: M4A, AAC, WebM and most others", Ffmpeg.Missing),
    ];

    private static AudioTool FindLibrary(NativeLibraryName name, string purpose) =>
        new(NativeLibraryFacts.Get(name).Title, NativeLibraries.Version(name), purpose, NativeLibraries.WhyMissing(name));

    // The first line is "ffmpeg version 7.1 Copyright ...".
    private static string? ReadFfmpegVersion()
    {
        if (Ffmpeg.Program is not { } program) return null;
        try
        {
            var start = new ProcessStartInfo(program, ["-nostdin", "-version"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var line = process.StandardOutput.ReadLineAsync().WaitAsync(VersionTimeout).GetAwaiter().GetResult();
            process.Kill();
            return line?.Split(' ') is ["ffmpeg", "version", var version, ..] ? version : null;
        }
        catch (Exception problem) when (problem is Win32Exception or TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }
}
