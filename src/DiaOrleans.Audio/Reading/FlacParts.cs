using DiaOrleans.Audio.Resampling;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// FLAC files that were joined byte by byte. A decoder of one stream loses frames around the joint, and does not expect another sample
/// rate behind it, so each file is decoded by itself.
/// </summary>
internal static class FlacParts
{
    private const int StreamInfoBytes = 34;

    /// <summary>The files within a file; the file itself if it is one, or no FLAC.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> file)
    {
        if (!IsStart(file.Span)) return [file];
        var parts = new List<ReadOnlyMemory<byte>>();
        var rest = file;
        while (FindNext(rest.Span) is { } next)
        {
            parts.Add(rest[..next]);
            rest = rest[next..];
        }

        return [.. parts, rest];
    }

    /// <summary>One recording of several, at the highest of their rates.</summary>
    public static Recording Join(IReadOnlyList<Recording> parts)
    {
        var rate = parts.Max(part => part.SampleRate);
        float[] samples = [.. parts.SelectMany(part => Resampler.Convert(part.Samples, part.SampleRate, rate))];
        return new Recording(samples, rate, parts.Max(part => part.Channels));
    }

    private static int? FindNext(ReadOnlySpan<byte> file)
    {
        for (var at = 4; file[at..].IndexOf("fLaC"u8) is var found and >= 0; at += found + 4)
        {
            if (IsStart(file[(at + found)..])) return at + found;
        }

        return null;
    }

    /// <summary>The signature, and the header of the metadata block STREAMINFO, which is the first of every file; RFC 9639, 8.</summary>
    private static bool IsStart(ReadOnlySpan<byte> file) =>
        file.StartsWith("fLaC"u8) && file[4..] is [0x00 or 0x80, 0, 0, StreamInfoBytes, ..];
}
