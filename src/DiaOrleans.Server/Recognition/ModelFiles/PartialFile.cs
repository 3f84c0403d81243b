using System.Security.Cryptography;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>The downloaded part of a model file: a file named .part, which gets the name of the model when it is complete.</summary>
/// <param name="folder">Path of the folder of models.</param>
/// <param name="name">Name of the complete file.</param>
/// <param name="size">Name of the model's size, for messages.</param>
internal sealed class PartialFile(string folder, string name, string size)
{
    private const int HashBlockBytes = 1 << 20;

    private readonly string _path = Path.Combine(folder, name + ".part");

    /// <summary>Bytes that the file has; 0 if it does not exist.</summary>
    public long Length => File.Exists(_path) ? new FileInfo(_path).Length : 0;

    /// <summary>SHA-1 of any file, lower-case hexadecimal.</summary>
    public static async Task<string> ComputeSha1(string file, CancellationToken cancellation)
    {
        const FileOptions Sequential = FileOptions.Asynchronous | FileOptions.SequentialScan;
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, HashBlockBytes, Sequential);
        return Convert.ToHexStringLower(await SHA1.HashDataAsync(stream, cancellation));
    }

    /// <summary>Creates the folder if it is missing.</summary>
    /// <exception cref="RecognitionException">The folder cannot be written.</exception>
    public void CreateFolder() => Change(() => Directory.CreateDirectory(folder));

    /// <summary>Opens the file for writing and cuts it to a length.</summary>
    /// <param name="begin">Bytes that are kept.</param>
    /// <exception cref="RecognitionException">The folder cannot be written.</exception>
    public FileStream Open(long begin)
    {
        FileStream? file = null;
        Change(() => file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous));
        file!.SetLength(begin);
        file.Position = begin;
        return file;
    }

    /// <summary>Appends to the open file.</summary>
    /// <exception cref="RecognitionException">The disk is full, or fails.</exception>
    public async Task Append(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await file.WriteAsync(bytes, cancellation);
        }
        catch (IOException e)
        {
            throw DownloadError.Create(size, "it cannot be stored; is the disk full?", e);
        }
    }

    /// <summary>SHA-1 of the file, lower-case hexadecimal.</summary>
    /// <exception cref="RecognitionException">It cannot be read.</exception>
    public async Task<string> ComputeSha1(CancellationToken cancellation)
    {
        try
        {
            return await ComputeSha1(_path, cancellation);
        }
        catch (IOException e)
        {
            throw DownloadError.Create(size, "what came cannot be read back", e);
        }
    }

    /// <summary>Deletes the file.</summary>
    /// <exception cref="RecognitionException">The folder cannot be written.</exception>
    public void Delete() => Change(() => File.Delete(_path));

    /// <summary>Gives the file the name of the model.</summary>
    /// <exception cref="RecognitionException">The folder cannot be written.</exception>
    public void Complete() => Change(() => File.Move(_path, Path.Combine(folder, name), overwrite: true));

    private void Change(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DownloadError.Create(size, "the folder of models cannot be written", e);
        }
    }
}
