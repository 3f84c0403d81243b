using DiaOrleans.Grains.TemporaryFiles;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>The temporary files of large bodies. Each is deleted when its request ends.</summary>
/// <param name="folder">Absolute path, see <see cref="TemporaryFolder"/>.</param>
internal sealed class BodyFiles(string folder)
{
    /// <summary>Files whose content is in memory at the same time.</summary>
    private const int MaxInMemory = 2;

    private readonly TemporaryFolder _folder = new(folder);
    private readonly SemaphoreSlim _inMemory = new(MaxInMemory);

    /// <summary>Creates an empty file.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be created.</exception>
    public TemporaryFile Create() => _folder.Create();

    /// <summary>Calls <paramref name="use"/> with the bytes of a file. It waits while too many other files are in memory.</summary>
    /// <exception cref="TemporaryFileException">The file cannot be read.</exception>
    public async Task<T> Use<T>(TemporaryFile file, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken stop)
    {
        await _inMemory.WaitAsync(stop);
        try
        {
            return await use(await file.ReadAll(stop));
        }
        finally
        {
            _inMemory.Release();
        }
    }
}
