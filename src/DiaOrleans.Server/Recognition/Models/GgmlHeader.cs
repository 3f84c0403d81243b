using System.Text;

namespace DiaOrleans.Server.Recognition.Models;

/// <summary>The head of a Whisper model in ggml's format. whisper.cpp trusts it, and ends its process where it is wrong.</summary>
internal static class GgmlHeader
{
    private const int Magic = 0x67676d6c;
    private const int FewestTokens = 51_864;
    private const int MostTokens = 60_000;
    private const int Bins = 201;
    private const int LongestToken = 1024;
    private static readonly string[] Needed = [" ", " -", " '"];

    /// <summary>What is wrong with a model file, as the end of a sentence that begins with the file; null where nothing is.</summary>
    public static string? Problem(string file)
    {
        try
        {
            using var reader = new BinaryReader(new BufferedStream(File.OpenRead(file), 1 << 16));
            return Problem(reader);
        }
        catch (EndOfStreamException)
        {
            return "is cut short";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
    }

    private static string? Problem(BinaryReader reader)
    {
        if (reader.ReadInt32() != Magic) return "is no Whisper model in ggml's format";
        var sizes = Enumerable.Range(0, 11).Select(_ => reader.ReadInt32()).ToArray();
        var (tokens, audioState, audioHeads, textState, textHeads, bands) = (sizes[0], sizes[2], sizes[3], sizes[6], sizes[7], sizes[9]);
        if (sizes[..10].Any(n => n <= 0) || sizes[10] < 0) return "gives sizes that are not positive";
        if (tokens is < FewestTokens or > MostTokens) return $"has {tokens} tokens, which no Whisper model has";
        if (textState != audioState || audioState % audioHeads != 0 || textState % textHeads != 0) return "gives sizes that do not fit together";
        if (sizes[4] > 64 || sizes[8] > 64 || audioState > 8192 || sizes[1] > 1 << 16 || sizes[5] > 1 << 16) return "gives sizes that no Whisper model has";
        if (reader.ReadInt32() != bands || reader.ReadInt32() != Bins) return "has filters that do not fit its sizes";
        for (var left = (long)bands * Bins * sizeof(float); left > 0;)
        {
            var read = reader.ReadBytes((int)Math.Min(left, 1 << 16)).Length;
            if (read == 0) throw new EndOfStreamException();
            left -= read;
        }

        return Vocabulary(reader, tokens);
    }

    private static string? Vocabulary(BinaryReader reader, int tokens)
    {
        var missing = Needed.ToHashSet();
        var count = reader.ReadInt32();
        if (count <= 0 || count > tokens) return "has a vocabulary that does not fit its sizes";
        for (var i = 0; i < count; i++)
        {
            var length = reader.ReadInt32();
            if (length is < 0 or > LongestToken) return "has a damaged vocabulary";
            var token = reader.ReadBytes(length);
            if (token.Length < length) throw new EndOfStreamException();
            if (missing.Count > 0) missing.Remove(Encoding.UTF8.GetString(token));
        }

        return missing.Count == 0 ? null : "has a vocabulary without spaces, dashes and apostrophes";
    }
}
