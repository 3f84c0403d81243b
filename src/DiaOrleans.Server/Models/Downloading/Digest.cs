using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>What a published digest is computed of.</summary>
internal enum DigestKind
{
    /// <summary>SHA-256 of the file: what hubs publish of a large file.</summary>
    Sha256,

    /// <summary>SHA-1 of the file.</summary>
    Sha1,

    /// <summary>SHA-1 of git's blob, the word blob, the length and a zero before the file: what hubs publish of a small file.</summary>
    GitBlob,
}

/// <summary>The published digest of a file.</summary>
/// <param name="Kind">What it is computed of.</param>
/// <param name="Hex">Lower-case hexadecimal.</param>
internal sealed record Digest(DigestKind Kind, string Hex)
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Whether a file has this digest.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<bool> Matches(string file, CancellationToken cancellation)
    {
        const FileOptions Sequential = FileOptions.Asynchronous | FileOptions.SequentialScan;
        const FileShare All = FileShare.ReadWrite | FileShare.Delete;
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, All, 1, Sequential);
        using var hash = IncrementalHash.CreateHash(Kind == DigestKind.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (Kind == DigestKind.GitBlob)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        var block = new byte[BlockBytes];
        while (await content.ReadAsync(block, cancellation) is > 0 and var count) hash.AppendData(block, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == Hex;
    }

    /// <summary>For example <c>sha256:0a1b...</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Hex}";
}
