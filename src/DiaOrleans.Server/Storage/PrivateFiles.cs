using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Storage;

/// <summary>Keeps what the server stores from other users of the machine. On Windows the folder's own permissions decide.</summary>
internal static partial class PrivateFiles
{
    private const uint GroupAndOthers = 0b000_111_111;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Takes all permissions of other users from the files and folders that this process, its native libraries and its children create
    /// from now on, whatever mask it was started with.
    /// </summary>
    public static void SetMask()
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            _ = SetMask(GroupAndOthers);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library has another name. The data folder itself is private all the same.
        }
    }

    /// <summary>Creates a folder that only this user can open, with its parents.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner);
    }

    /// <summary>Takes all permissions of other users from a file or a folder that exists, if this user owns it.</summary>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path)) return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & ~Owner) != 0) File.SetUnixFileMode(path, mode & Owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user owns it, as in a volume that a container mounts, or the file system has no permissions.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
