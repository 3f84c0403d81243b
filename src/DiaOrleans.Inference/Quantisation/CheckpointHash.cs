using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>
/// Identifies a checkpoint by the content of its weight files. A file's hash is kept in a folder under the file's path, length and time of
/// its last change, so that a file that has not changed is hashed once.
/// </summary>
/// <param name="folder">Folder of the kept hashes.</param>
internal sealed class CheckpointHash(string folder)
{
    private const int NameDigits = 32;

    /// <summary>32 hexadecimal digits of a SHA-256 over the weight files and the places of the tensors in them.</summary>
    public string Of(DiaCheckpoint checkpoint) => Compute(checkpoint, Kept)!;

    /// <summary>The same if the hashes of all files are kept, so that none is read; else null.</summary>
    public string? FindKept(DiaCheckpoint checkpoint) => Compute(checkpoint, file => Read(PathOf(file)));

    private static string? Compute(DiaCheckpoint checkpoint, Func<string, string?> hashOf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in checkpoint.Tensors.Select(t => t.File).Distinct().Order(StringComparer.Ordinal))
        {
            if (hashOf(file) is not { } found) return null;
            Append(found);
        }

        foreach (var tensor in checkpoint.Tensors)
        {
            var shape = string.Join(',', tensor.Shape);
            Append(string.Create(CultureInfo.InvariantCulture, $"{tensor.Name} {tensor.Type} {shape} {tensor.Offset} {tensor.Length}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..NameDigits];

        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }

    private string PathOf(string file)
    {
        var facts = new FileInfo(file);
        var identity = string.Create(CultureInfo.InvariantCulture, $"{facts.FullName}\n{facts.Length}\n{facts.LastWriteTimeUtc.Ticks}");
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..NameDigits];
        return Path.Combine(folder, $"{name}.sha256");
    }

    private string Kept(string file)
    {
        var path = PathOf(file);
        if (Read(path) is { } kept) return kept;
        using var content = File.OpenRead(file);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        Write(path, hash);
        return hash;
    }

    private static string? Read(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower) ? text : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A hash that cannot be kept is computed again.</summary>
    private static void Write(string path, string hash)
    {
        try
        {
            var part = $"{path}.{Guid.NewGuid():N}.part";
            File.WriteAllText(part, hash);
            File.Move(part, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
        }
    }
}
