using System.Buffers;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A body that has been received: in memory if it is small, else in a file. Disposing deletes the file.</summary>
internal sealed class ReceivedBody : IAsyncDisposable
{
    private const int SmallBytes = 256 << 10;
    private const int BlockBytes = 16 << 10;

    private readonly MemoryStream _start = new();
    private TemporaryFile? _file;

    private ReceivedBody()
    {
    }

    /// <summary>True if it is in a file, so that callers can limit how many are in memory.</summary>
    public bool IsLarge => _file is not null;

    /// <summary>Receives a body.</summary>
    /// <param name="body">Read to its end.</param>
    /// <param name="maxBytes">The most bytes that are accepted.</param>
    /// <param name="share">Holds the body's bytes of the budget.</param>
    /// <param name="files">Creates the file of a large body.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="ApiProblem">408 if it takes too long, 413 if it has more bytes, 429 if the budget is spent.</exception>
    /// <exception cref="TemporaryFileException">It cannot be stored.</exception>
    public static async Task<ReceivedBody> Receive(
        Stream body,
        int maxBytes,
        BodyShare share,
        BodyFiles files,
        CancellationToken stop)
    {
        var received = new ReceivedBody();
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            long total = 0;
            int read;
            while ((read = await body.ReadAsync(block, stop)) > 0)
            {
                total += read;
                if (total > maxBytes) throw ApiProblem.BodyTooLarge();
                share.Take(read);
                await received.Append(block.AsMemory(0, read), files, stop);
            }

            return received;
        }
        catch
        {
            await received.DisposeAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>All bytes of the body.</summary>
    public async ValueTask<byte[]> ReadAll(CancellationToken stop) => _file is null ? _start.ToArray() : await _file.ReadAll(stop);

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask Append(ReadOnlyMemory<byte> bytes, BodyFiles files, CancellationToken stop)
    {
        if (_file is null && _start.Length + bytes.Length <= SmallBytes)
        {
            _start.Write(bytes.Span);
            return;
        }

        if (_file is null)
        {
            _file = files.Create();
            await _file.Append(_start.GetBuffer().AsMemory(0, (int)_start.Length), stop);
            // Frees the memory.
            _start.SetLength(0);
            _start.Capacity = 0;
        }

        await _file.Append(bytes, stop);
    }
}
