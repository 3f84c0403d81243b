using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Server.Hosting;

/// <summary>What reads recordings in this build.</summary>
internal static class AudioReading
{
    public static IRecordingReader Create() => RecordingReaders.Create(
#if HAS_NAUDIO
        new Audio.NAudio.NAudioReader()
#endif
    );
}
