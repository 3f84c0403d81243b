using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>A message of a child process: a length in bytes (int32, in the machine's byte order) and that much JSON.</summary>
internal static class JsonFrame
{
    /// <summary>Writes a message; the caller flushes the stream.</summary>
    public static void Write<T>(Stream to, T message)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message);
        Span<byte> head = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(head, json.Length);
        to.Write(head);
        to.Write(json);
    }

    /// <summary>Reads the next message.</summary>
    /// <param name="from">The stream.</param>
    /// <param name="maxBytes">The longest JSON that is read.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="IOException">The stream ends, the length is out of range, or the message is not as expected.</exception>
    public static async Task<T> Read<T>(Stream from, int maxBytes, CancellationToken stop) where T : class
    {
        var head = new byte[sizeof(int)];
        await from.ReadExactlyAsync(head, stop);
        var length = MemoryMarshal.Read<int>(head);
        if (length < 0 || length > maxBytes) throw new IOException($"An answer of {length} bytes is out of range.");
        var json = new byte[length];
        await from.ReadExactlyAsync(json, stop);
        try
        {
            return JsonSerializer.Deserialize<T>(json) ?? throw new IOException("An answer is empty.");
        }
        catch (JsonException e)
        {
            throw new IOException("An answer is no JSON.", e);
        }
    }
}
