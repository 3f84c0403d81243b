using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Reading;

/// <summary>How ffmpeg is run.</summary>
public sealed record FfmpegOptions
{
    /// <summary>The program; null looks for it on PATH.</summary>
    public string? Program { get; init; }

    /// <summary>The longest that one file may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where a private folder is made for the files that need one; null is the system's folder for temporary files.</summary>
    public string? TemporaryFolder { get; init; }

    internal string? FindProgram() => Program is null ? Ffmpeg.Program : File.Exists(Program) ? Program : null;
}
