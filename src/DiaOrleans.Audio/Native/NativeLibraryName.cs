namespace DiaOrleans.Audio.Native;

/// <summary>A library of the system that this project calls. An import names it with <c>nameof</c>, so that <see cref="NativeLibraries"/> finds its file.</summary>
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
