namespace DiaOrleans.Audio.Reading;

/// <summary>
/// The command line of ffmpeg. The file is untrusted: only demuxers of media files that refer to no other file are allowed, and only the
/// protocol by which the file is sent. Channels and sample rate are kept, because <see cref="RecordingBuilder"/> mixes them exactly.
/// </summary>
internal static class FfmpegArguments
{
    private const string Demuxers =
        "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,caf,eac3,flac,loas,matroska,mp3,mpegts,ogg,tta,w64,wav,wv";

    /// <summary>Builds the arguments that decode one file to AU on the standard output.</summary>
    /// <param name="file">Path of a file of the MP4 family; null reads any other format from the standard input.</param>
    public static IEnumerable<string> Build(string? file)
    {
        string[] input = file is null
            ? ["-format_whitelist", Demuxers, "-protocol_whitelist", "pipe", "-i", "pipe:0"]
            : ["-f", "mov", "-protocol_whitelist", "file", "-i", "file:" + file];
        return
        [
            "-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", "268435456", "-threads", "1",
            .. input,
            "-map", "0:a:0", "-map_metadata", "-1", "-vn", "-sn", "-dn", "-threads", "1",
            "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
        ];
    }
}
