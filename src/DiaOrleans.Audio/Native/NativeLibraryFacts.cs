namespace DiaOrleans.Audio.Native;

/// <summary>Names of a native library.</summary>
/// <param name="Title">The library's own name.</param>
/// <param name="Package">The Debian package that contains it.</param>
/// <param name="Linux">File names on Linux, in the order in which they are tried.</param>
/// <param name="MacOs">File names on macOS.</param>
/// <param name="Windows">File names on Windows.</param>
/// <param name="Version">An exported symbol: a function that returns the version as C text, or a variable that points to it.</param>
/// <param name="VersionIsVariable">True if <paramref name="Version"/> is a variable.</param>
internal sealed record NativeLibraryFacts(
    string Title,
    string Package,
    string[] Linux,
    string[] MacOs,
    string[] Windows,
    string Version,
    bool VersionIsVariable = false)
{
    /// <summary>File names on this system, in the order in which they are tried.</summary>
    public string[] Files
    {
        get
        {
            if (OperatingSystem.IsWindows()) return Windows;
            return OperatingSystem.IsMacOS() ? MacOs : Linux;
        }
    }

    /// <summary>Returns the facts of a library.</summary>
    public static NativeLibraryFacts Get(NativeLibraryName name) => name switch
    {
        NativeLibraryName.Lame => new(
            "libmp3lame",
            "libmp3lame0",
            ["libmp3lame.so.0", "libmp3lame.so"],
            ["libmp3lame.0.dylib", "libmp3lame.dylib"],
            ["libmp3lame.dll", "mp3lame.dll", "libmp3lame-0.dll"],
            "get_lame_version"),
        NativeLibraryName.Flac => new(
            "libFLAC",
            "libflac12 (libflac8 or libflac14 in other releases)",
            ["libFLAC.so.14", "libFLAC.so.12", "libFLAC.so.8", "libFLAC.so"],
            ["libFLAC.dylib"],
            ["FLAC.dll", "libFLAC.dll"],
            "FLAC__VERSION_STRING",
            VersionIsVariable: true),
        NativeLibraryName.OpusEnc => new(
            "libopusenc",
            "libopusenc0",
            ["libopusenc.so.0", "libopusenc.so"],
            ["libopusenc.0.dylib", "libopusenc.dylib"],
            ["opusenc.dll", "libopusenc.dll", "libopusenc-0.dll"],
            "ope_get_version_string"),
        NativeLibraryName.SoundTouch => new(
            "SoundTouch",
            "libsoundtouch1",
            ["libSoundTouchDll.so.1", "libSoundTouchDll.so"],
            ["libSoundTouchDLL.dylib", "libSoundTouchDll.dylib"],
            ["SoundTouchDLL_x64.dll", "SoundTouchDLL.dll", "SoundTouch.dll"],
            "soundtouch_getVersionString"),
        NativeLibraryName.SoundFile => new(
            "libsndfile",
            "libsndfile1",
            ["libsndfile.so.1", "libsndfile.so"],
            ["libsndfile.1.dylib", "libsndfile.dylib"],
            ["sndfile.dll", "libsndfile-1.dll", "libsndfile.dll"],
            "sf_version_string"),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
