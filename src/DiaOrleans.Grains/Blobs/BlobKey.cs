namespace DiaOrleans.Grains.Blobs;

/// <summary>A blob's key as folder and name. Nothing else can reach a file system: no separator, no parent, no control character.</summary>
internal static class BlobKey
{
    /// <exception cref="ArgumentException">The key is not one folder and one name.</exception>
    public static (string Folder, string Name) Split(string key)
    {
        if (key.Split('/') is [var folder, var name] && IsSafe(folder) && IsSafe(name)) return (folder, name);
        throw new ArgumentException("A blob's key is a folder and a name.", nameof(key));
    }

    /// <summary>Whether a part can be a file's name on every system that we run on.</summary>
    public static bool IsSafe(string part) =>
        part.Length is > 0 and <= 200 && part[0] != '.' && part[^1] is not ('.' or ' ') && part.All(c => c >= ' ' && c is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or '\x7f'));
}
