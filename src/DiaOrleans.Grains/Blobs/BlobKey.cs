using System.Text;

namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Splits and checks blob keys, so that no key leads out of its folder: no separator, no parent folder, no control character.
/// </summary>
internal static class BlobKey
{
    /// <summary>UTF-8 bytes of a part at most: an id of 200 and a suffix. File systems allow 255, and some use a few of them.</summary>
    public const int MaxNameBytes = 220;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The folder and the name of a key.</summary>
    /// <exception cref="ArgumentException">The key is not a folder and a name.</exception>
    public static (string Folder, string Name) Split(string key)
    {
        if (key.Split('/') is [var folder, var name] && IsSafe(folder) && IsSafe(name)) return (folder, name);
        throw new ArgumentException("A blob's key must be a folder and a name.", nameof(key));
    }

    /// <summary>Whether a part can be a file name on Linux, Windows and macOS.</summary>
    public static bool IsSafe(string part) =>
        part.Length is > 0 and <= MaxNameBytes
        && part[0] != '.'
        && part[^1] is not ('.' or ' ')
        && part.All(IsSafe)
        && CountBytes(part) is > 0 and <= MaxNameBytes;

    private static bool IsSafe(char c) =>
        !char.IsControl(c) && c is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or '\uFFFD');

    /// <summary>Length in UTF-8; 0 if the part contains an unpaired surrogate, which a file name cannot contain.</summary>
    private static int CountBytes(string part)
    {
        try
        {
            return StrictUtf8.GetByteCount(part);
        }
        catch (EncoderFallbackException)
        {
            return 0;
        }
    }
}
