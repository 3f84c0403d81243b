namespace DiaOrleans.Audio.Native;

/// <summary>The program ffmpeg, run as a child process; optional.</summary>
internal static class Ffmpeg
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Where it is; null when it is not installed.</summary>
    public static string? Program => Found.Value;

    /// <summary>Null when it is there; else a sentence that says how to get it.</summary>
    public static string? Missing => Program is null ? "The program ffmpeg is not installed (Debian package ffmpeg)." : null;

    private static string? Find()
    {
        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(Runs);
    }

    private static bool Runs(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
