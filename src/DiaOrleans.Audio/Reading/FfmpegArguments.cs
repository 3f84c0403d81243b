using System.Globalization;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// The command line. The file is a stranger's: only demuxers of plain media, which name no other file, and only the protocol that it comes by. Channels and rate are
/// left alone, so that mixing is an exact mean.
/// </summary>
internal static class FfmpegArguments
{
    private const double LongestLimit = 1e6;

    private const string Demuxers =
        "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,caf,eac3,flac,loas,matroska,mp3,mpegts,ogg,tta,w64,wav,wv";

    /// <param name="file">A file on disk in the MP4 family; null when any other comes over standard input.</param>
    /// <param name="limits">One second more than these is decoded, which shows that there is more.</param>
    public static IEnumerable<string> Of(string? file, ReadLimits limits)
    {
        string[] input = file is null
            ? ["-format_whitelist", Demuxers, "-protocol_whitelist", "pipe", "-i", "pipe:0"]
            : ["-f", "mov", "-protocol_whitelist", "file", "-i", "file:" + file];
        var seconds = Math.Min(limits.MaxSeconds, LongestLimit) + 1;
        return
        [
            "-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", "268435456", "-threads", "1",
            .. input,
            "-map", "0:a:0", "-map_metadata", "-1", "-vn", "-sn", "-dn", "-threads", "1", "-t", seconds.ToString("0.###", CultureInfo.InvariantCulture),
            "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
        ];
    }
}
