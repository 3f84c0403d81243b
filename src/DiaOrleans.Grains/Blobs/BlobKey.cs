using System.Text;

namespace DiaOrleans.Grains.Blobs;

/// <summary>A blob's key as folder and name. Nothing else can reach a file system: no separator, no parent, no control character.</summary>
internal static class BlobKey
{
    /// <summary>Bytes of a name: file systems take 255, and some need a few for themselves.</summary>
    public const int MaxNameBytes = 200;

    private static readonly Encoding Strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The key is not one folder and one name.</exception>
    public static (string Folder, string Name) Split(string key)
    {
        if (key.Split('/') is [var folder, var name] && IsSafe(folder) && IsSafe(name)) return (folder, name);
        throw new ArgumentException("A blob's key is a folder and a name.", nameof(key));
    }

    /// <summary>Whether a part can be a file's name on every system that we run on.</summary>
    public static bool IsSafe(string part) =>
        part.Length is > 0 and <= MaxNameBytes && part[0] != '.' && part[^1] is not ('.' or ' ') && part.All(IsSafe) && Bytes(part) is > 0 and <= MaxNameBytes;

    private static bool IsSafe(char c) => !char.IsControl(c) && c is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or '\uFFFD');

    /// <summary>0 for broken surrogates, which no file's name gives back.</summary>
    private static int Bytes(string part)
    {
        try
        {
            return Strict.GetByteCount(part);
        }
        catch (EncoderFallbackException)
        {
            return 0;
        }
    }
}
