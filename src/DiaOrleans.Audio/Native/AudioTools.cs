using System.ComponentModel;
using System.Diagnostics;

namespace DiaOrleans.Audio.Native;

/// <summary>An optional library or program of the system.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">What it says of itself; null when it is missing or does not say.</param>
/// <param name="Purpose">What needs it.</param>
/// <param name="Missing">Null when it is there; else a sentence that says how to get it.</param>
public sealed record AudioTool(string Name, string? Version, string Purpose, string? Missing);

/// <summary>Looks which of the optional libraries and programs are there.</summary>
public static class AudioTools
{
    private static readonly TimeSpan VersionPatience = TimeSpan.FromSeconds(10);

    /// <summary>All of them. Starts ffmpeg to ask for its version, which takes a moment.</summary>
    public static IReadOnlyList<AudioTool> Survey() =>
    [
        Library(NativeLibraryName.SoundFile, "reads recordings: WAV, FLAC, MP3, Ogg"),
        Library(NativeLibraryName.Lame, "writes mp3"),
        Library(NativeLibraryName.OpusEnc, "writes opus"),
        Library(NativeLibraryName.Flac, "writes flac"),
        Library(NativeLibraryName.SoundTouch, "changes the speed of speech"),
        new("ffmpeg", FfmpegVersion(), "writes aac, reads recordings in M4A and AAC", Ffmpeg.Missing),
    ];

    private static AudioTool Library(NativeLibraryName name, string purpose) =>
        new(NativeLibraryFacts.Of(name).Title, NativeLibraries.Version(name), purpose, NativeLibraries.WhyMissing(name));

    // "ffmpeg version 7.1 Copyright ..."
    private static string? FfmpegVersion()
    {
        if (Ffmpeg.Program is not { } program) return null;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-nostdin", "-version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var words = process.StandardOutput.ReadLineAsync().WaitAsync(VersionPatience).GetAwaiter().GetResult()?.Split(' ');
            process.Kill();
            return words is ["ffmpeg", "version", var version, ..] ? version : null;
        }
        catch (Exception problem) when (problem is Win32Exception or TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }
}
