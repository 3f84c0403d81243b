namespace DiaOrleans.Audio.Reading;

/// <summary>
/// A temporary file that only this user can open, in a folder of its own. <see cref="Dispose"/> deletes both.
/// </summary>
internal sealed class PrivateFile : IDisposable
{
    private readonly string _folder;

    /// <summary>Writes the file.</summary>
    /// <param name="parent">
    /// Folder that gets the private folder, created if it does not exist; null is the system's folder for temporary files.
    /// </param>
    /// <param name="bytes">Content of the file.</param>
    public PrivateFile(string? parent, ReadOnlySpan<byte> bytes)
    {
        _folder = parent is null
            ? Directory.CreateTempSubdirectory("diaorleans-").FullName
            : CreateFolder(Path.Combine(CreateFolder(parent), Guid.NewGuid().ToString("N")));
        FullName = Path.Combine(_folder, "recording");
        try
        {
            File.WriteAllBytes(FullName, bytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Path of the file.</summary>
    public string FullName { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }
}
