namespace DiaOrleans.Grains.Blobs;

/// <summary>Recognises the failure of a disk that is full, or of a user who may not store more on it.</summary>
public static class FullDisk
{
    /// <summary>A sentence for clients.</summary>
    public const string Sentence = "Not enough disk space";

    private const int NoSpaceOnUnix = 28;
    private const int NoQuotaOnLinux = 122;
    private const int HandleDiskFullOnWindows = unchecked((int)0x80070027);
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    /// <summary>Such a failure of a store on another machine.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cause">What the store has said, or null.</param>
    public static IOException Create(string message, Exception? cause = null) =>
        new(message, cause) { HResult = OperatingSystem.IsWindows() ? DiskFullOnWindows : NoSpaceOnUnix };

    /// <summary>Whether this is such a failure; causes inside it are not looked at.</summary>
    public static bool Is(Exception failure) => failure is IOException { HResult: var code } && (OperatingSystem.IsWindows()
        ? code is HandleDiskFullOnWindows or DiskFullOnWindows
        : code is NoSpaceOnUnix or NoQuotaOnLinux);
}
