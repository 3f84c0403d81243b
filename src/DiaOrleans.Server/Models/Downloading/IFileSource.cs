namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Where files come from.</summary>
internal interface IFileSource
{
    /// <summary>Name for messages: a host, or a folder.</summary>
    string Name { get; }

    /// <summary>Opens a file at a byte.</summary>
    /// <param name="path">Path of the file in the source.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="to">The byte after the last one that is wanted; null for the whole file, from its beginning.</param>
    /// <param name="cancellation">Ends the request, and the reading of the answer.</param>
    /// <exception cref="DownloadException">The source refuses it.</exception>
    /// <exception cref="HttpRequestException">The source cannot be reached.</exception>
    /// <exception cref="IOException">The source breaks off.</exception>
    Task<FileAnswer> Open(string path, long from, long? to, CancellationToken cancellation);
}

/// <summary>Bytes of a file.</summary>
/// <param name="owner">Disposed of with this.</param>
/// <param name="content">The bytes; empty if the file has none from the wanted byte on.</param>
internal sealed class FileAnswer(IDisposable owner, Stream content) : IDisposable
{
    /// <summary>The bytes.</summary>
    public Stream Content => content;

    /// <summary>Number of the first of them; 0 if the source ignores what is wanted.</summary>
    public required long From { get; init; }

    /// <summary>Size of the whole file, or null if the source does not say it.</summary>
    public required long? Size { get; init; }

    /// <summary>Whether the bytes are those of a range, and not the whole file.</summary>
    public required bool IsRange { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        content.Dispose();
        owner.Dispose();
    }
}
