namespace DiaOrleans.Audio.Native;

/// <summary>What a library is called.</summary>
/// <param name="Title">Its own name.</param>
/// <param name="Package">The Debian package that brings it.</param>
/// <param name="Linux">File names to try, the best first.</param>
/// <param name="MacOs">The same for macOS.</param>
/// <param name="Windows">The same for Windows.</param>
/// <param name="Version">A symbol that tells the version: a function that returns C text, or a variable that points to it.</param>
/// <param name="VersionIsVariable">Which of the two.</param>
internal sealed record NativeLibraryFacts(string Title, string Package, string[] Linux, string[] MacOs, string[] Windows, string Version, bool VersionIsVariable = false)
{
    public string[] Files => OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? MacOs : Linux;

    public static NativeLibraryFacts Of(NativeLibraryName name) => name switch
    {
        NativeLibraryName.Lame => new("libmp3lame", "libmp3lame0",
            ["libmp3lame.so.0", "libmp3lame.so"], ["libmp3lame.0.dylib", "libmp3lame.dylib"], ["libmp3lame.dll", "mp3lame.dll", "libmp3lame-0.dll"], "get_lame_version"),
        NativeLibraryName.Flac => new("libFLAC", "libflac12 (libflac8 or libflac14 in other releases)",
            ["libFLAC.so.14", "libFLAC.so.12", "libFLAC.so.8", "libFLAC.so"], ["libFLAC.dylib"], ["FLAC.dll", "libFLAC.dll"], "FLAC__VERSION_STRING", VersionIsVariable: true),
        NativeLibraryName.OpusEnc => new("libopusenc", "libopusenc0",
            ["libopusenc.so.0", "libopusenc.so"], ["libopusenc.0.dylib", "libopusenc.dylib"], ["opusenc.dll", "libopusenc.dll", "libopusenc-0.dll"], "ope_get_version_string"),
        NativeLibraryName.SoundTouch => new("SoundTouch", "libsoundtouch1",
            ["libSoundTouchDll.so.1", "libSoundTouchDll.so"], ["libSoundTouchDLL.dylib", "libSoundTouchDll.dylib"], ["SoundTouchDLL_x64.dll", "SoundTouchDLL.dll", "SoundTouch.dll"], "soundtouch_getVersionString"),
        NativeLibraryName.SoundFile => new("libsndfile", "libsndfile1",
            ["libsndfile.so.1", "libsndfile.so"], ["libsndfile.1.dylib", "libsndfile.dylib"], ["sndfile.dll", "libsndfile-1.dll", "libsndfile.dll"], "sf_version_string"),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
