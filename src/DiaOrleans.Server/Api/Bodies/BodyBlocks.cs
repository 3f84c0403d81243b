using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A body in memory, collected in blocks: it holds what has arrived and at most one block more.</summary>
internal sealed class BodyBlocks
{
    private const int FirstBytes = 4 << 10;
    private const int BlockBytes = 64 << 10;

    private readonly List<byte[]> _blocks = [];

    /// <summary>Bytes of the body.</summary>
    public int Length { get; private set; }

    /// <param name="body">Read to its end.</param>
    /// <param name="maxBytes">The most that it may have.</param>
    /// <param name="share">Takes a block at a time.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="ApiProblem">413 where it has more, 429 where the budget is spent.</exception>
    public static async Task<BodyBlocks> Collect(Stream body, int maxBytes, BodyShare share, CancellationToken stop)
    {
        var collected = new BodyBlocks();
        var free = collected.Add(FirstBytes, share);
        int read;
        while ((read = await body.ReadAsync(free, stop)) > 0)
        {
            collected.Length += read;
            if (collected.Length > maxBytes) throw ApiProblem.BodyTooLarge();
            free = free[read..];
            if (free.Length == 0) free = collected.Add(BlockBytes, share);
        }

        return collected;
    }

    /// <summary>The body in one piece; the blocks are let go.</summary>
    public byte[] Join()
    {
        var whole = new byte[Length];
        var at = 0;
        foreach (var block in _blocks)
        {
            var count = Math.Min(block.Length, Length - at);
            block.AsSpan(0, count).CopyTo(whole.AsSpan(at));
            at += count;
        }

        _blocks.Clear();
        return whole;
    }

    private Memory<byte> Add(int size, BodyShare share)
    {
        share.Take(size);
        var block = new byte[size];
        _blocks.Add(block);
        return block;
    }
}
