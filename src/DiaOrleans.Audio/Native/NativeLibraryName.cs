namespace DiaOrleans.Audio.Native;

/// <summary>
/// A native library that this assembly calls. An import names it with <c>nameof</c>; <see cref="NativeLibraries"/> resolves the name to a
/// file.
/// </summary>
internal enum NativeLibraryName
{
    /// <summary>LAME, the MP3 encoder.</summary>
    Lame,

    /// <summary>libFLAC.</summary>
    Flac,

    /// <summary>libopusenc: Opus in Ogg.</summary>
    OpusEnc,

    /// <summary>SoundTouch, by its C interface.</summary>
    SoundTouch,

    /// <summary>libsndfile.</summary>
    SoundFile,
}
