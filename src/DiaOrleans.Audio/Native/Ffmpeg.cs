namespace DiaOrleans.Audio.Native;

/// <summary>The program ffmpeg, which is optional. It is looked for on PATH once per process.</summary>
internal static class Ffmpeg
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Path of the program; null if it is not installed.</summary>
    public static string? Program => Found.Value;

    /// <summary>Null if it is installed; else a sentence that names its Debian package.</summary>
    public static string? Missing => Program is null ? "The program ffmpeg is not installed (Debian package ffmpeg)." : null;

    private static string? Find()
    {
        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string file)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Execute) != 0);
    }
}
