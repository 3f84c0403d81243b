using System.Buffers;
using System.Text;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>Reads a part of a multipart form, up to a limit.</summary>
internal static class FormPart
{
    private const int BlockBytes = 64 << 10;

    /// <summary>The part as UTF-8 text; null, with the rest unread, if it has more than <paramref name="maxBytes"/>.</summary>
    public static async Task<string?> ReadText(Stream part, int maxBytes, CancellationToken stop)
    {
        using var text = new MemoryStream();
        var whole = await Read(
            part,
            maxBytes,
            bytes =>
            {
                text.Write(bytes.Span);
                return Task.CompletedTask;
            },
            stop);
        return whole ? Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length) : null;
    }

    /// <summary>Calls <paramref name="keep"/> for each block; false, with the rest unread, after <paramref name="maxBytes"/>.</summary>
    public static async Task<bool> Read(
        Stream part,
        int maxBytes,
        Func<ReadOnlyMemory<byte>, Task> keep,
        CancellationToken stop)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            long total = 0;
            int read;
            while ((read = await part.ReadAsync(block.AsMemory(0, BlockBytes), stop)) > 0)
            {
                total += read;
                if (total > maxBytes) return false;
                await keep(block.AsMemory(0, read));
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
