using System.Buffers;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A whole body: in memory where it is small, else in a file until it is asked for. Disposing deletes the file.</summary>
internal sealed class ReceivedBody : IAsyncDisposable
{
    private const int SmallBytes = 256 << 10;
    private const int BlockBytes = 16 << 10;

    private readonly MemoryStream _start = new();
    private BodyFile? _file;

    private ReceivedBody()
    {
    }

    /// <summary>Whether it takes more memory than a server should give to many at a time.</summary>
    public bool IsLarge => _file is not null;

    /// <param name="body">Read to its end.</param>
    /// <param name="maxBytes">The most that it may have.</param>
    /// <param name="share">Takes its bytes.</param>
    /// <param name="files">Where a large one goes.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="ApiProblem">408 where it takes too long, 413 where it has more bytes, 429 where the budget is spent.</exception>
    /// <exception cref="BodyStorageException">It cannot be kept.</exception>
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

    /// <summary>The body in one piece.</summary>
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
            // The memory is let go.
            _start.SetLength(0);
            _start.Capacity = 0;
        }

        await _file.Append(bytes, stop);
    }
}
