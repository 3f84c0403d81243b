namespace DiaOrleans.Grains.TemporaryFiles;

/// <summary>A folder of temporary files, which only this user can list. It is made with the first file.</summary>
public sealed class TemporaryFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;

    /// <param name="path">
    /// Absolute path. No other process uses the folder: files that a killed server made there are deleted. Everything else stays.
    /// </param>
    public TemporaryFolder(string path)
    {
        _path = path;
        if (!Directory.Exists(path)) return;
        foreach (var left in Directory.EnumerateFiles(path).Where(IsTemporary)) File.Delete(left);
        if (!Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
    }

    /// <summary>Creates an empty file.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be created.</exception>
    public TemporaryFile Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_path);
            else Directory.CreateDirectory(_path, Private);
            return new TemporaryFile(Path.Combine(_path, Guid.NewGuid().ToString("N")));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFileException(cause);
        }
    }

    private static bool IsTemporary(string file) => Guid.TryParseExact(Path.GetFileName(file), "N", out _);
}
