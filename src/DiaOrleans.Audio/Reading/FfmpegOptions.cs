using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Reading;

/// <summary>How ffmpeg is run.</summary>
public sealed record FfmpegOptions
{
    /// <summary>Path of the program; null looks for it on PATH.</summary>
    public string? Program { get; init; }

    /// <summary>The longest that one file may take; then ffmpeg is killed.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Folder for copies of files that ffmpeg must seek in, created if needed; null is the system's folder for temporary files.
    /// </summary>
    public string? TemporaryFolder { get; init; }

    internal string? FindProgram()
    {
        if (Program is null) return Ffmpeg.Program;
        return File.Exists(Program) ? Program : null;
    }
}
