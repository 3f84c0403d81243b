using System.Text;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>
/// Checks the header of a Whisper model in ggml's format: magic number, 11 sizes, mel filters, vocabulary; little-endian. whisper.cpp does
/// not check it, and ends its process if it is wrong.
/// </summary>
internal static class GgmlHeader
{
    private const int Magic = 0x67676d6c;
    private const int Sizes = 11;
    private const int MinTokens = 51_864;
    private const int MaxTokens = 60_000;
    private const int MaxLayers = 64;
    private const int MaxWidth = 8192;
    private const int MaxPositions = 1 << 16;
    private const int Bins = 201;
    private const int MaxTokenBytes = 1024;
    private const int BlockBytes = 1 << 16;

    /// <summary>Tokens that whisper.cpp looks up without a check.</summary>
    private static readonly string[] RequiredTokens = [" ", " -", " '"];

    /// <summary>What is wrong with a model file, as the end of a sentence whose subject is the file; null if nothing is.</summary>
    public static string? FindProblem(string file)
    {
        try
        {
            using var reader = new BinaryReader(new BufferedStream(File.OpenRead(file), BlockBytes));
            return FindProblem(reader);
        }
        catch (EndOfStreamException)
        {
            return "is cut short";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
    }

    private static string? FindProblem(BinaryReader reader)
    {
        if (reader.ReadInt32() != Magic) return "is no Whisper model in ggml's format";
        var sizes = Enumerable.Range(0, Sizes).Select(_ => reader.ReadInt32()).ToArray();
        if (FindProblem(sizes) is { } problem) return problem;
        var bands = sizes[9];
        if (reader.ReadInt32() != bands || reader.ReadInt32() != Bins) return "has filters that do not fit its sizes";
        Skip(reader, (long)bands * Bins * sizeof(float));
        return FindVocabularyProblem(reader, tokens: sizes[0]);
    }

    /// <summary>
    /// The order of the sizes: tokens; positions, width, heads and layers of the encoder; the same of the decoder; mel bands; type of the
    /// weights.
    /// </summary>
    private static string? FindProblem(int[] sizes)
    {
        if (sizes[..10].Any(n => n <= 0) || sizes[10] < 0) return "gives sizes that are not positive";
        if (sizes[0] is < MinTokens or > MaxTokens) return $"has {sizes[0]} tokens, which no Whisper model has";
        var encoder = sizes.AsSpan(1, 4);
        var decoder = sizes.AsSpan(5, 4);
        if (encoder[1] != decoder[1] || encoder[1] % encoder[2] != 0 || decoder[1] % decoder[2] != 0)
            return "gives sizes that do not fit together";
        var isTooLarge = encoder[1] > MaxWidth
            || Math.Max(encoder[0], decoder[0]) > MaxPositions
            || Math.Max(encoder[3], decoder[3]) > MaxLayers;
        return isTooLarge ? "gives sizes that no Whisper model has" : null;
    }

    private static string? FindVocabularyProblem(BinaryReader reader, int tokens)
    {
        var missing = RequiredTokens.ToHashSet();
        var count = reader.ReadInt32();
        if (count <= 0 || count > tokens) return "has a vocabulary that does not fit its sizes";
        for (var i = 0; i < count; i++)
        {
            var length = reader.ReadInt32();
            if (length is < 0 or > MaxTokenBytes) return "has a damaged vocabulary";
            var token = reader.ReadBytes(length);
            if (token.Length < length) throw new EndOfStreamException();
            if (missing.Count > 0) missing.Remove(Encoding.UTF8.GetString(token));
        }

        return missing.Count == 0 ? null : "has a vocabulary without spaces, dashes and apostrophes";
    }

    private static void Skip(BinaryReader reader, long bytes)
    {
        for (var left = bytes; left > 0;)
        {
            var read = reader.ReadBytes((int)Math.Min(left, BlockBytes)).Length;
            if (read == 0) throw new EndOfStreamException();
            left -= read;
        }
    }
}
