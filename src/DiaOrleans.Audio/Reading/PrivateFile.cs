namespace DiaOrleans.Audio.Reading;

/// <summary>Bytes as a file that only this user can open, in a folder of its own; gone when it is disposed of.</summary>
internal sealed class PrivateFile : IDisposable
{
    private readonly string _folder;

    public PrivateFile(string? parent, ReadOnlySpan<byte> bytes)
    {
        _folder = parent is null ? Directory.CreateTempSubdirectory("diaorleans-").FullName : Path.Combine(parent, Guid.NewGuid().ToString("N"));
        if (parent is not null) CreateFolder(_folder);
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

    public string FullName { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
