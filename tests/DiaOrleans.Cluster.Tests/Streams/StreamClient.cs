using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Streams;

/// <summary>A stream that a client has read to its end.</summary>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="FirstByte">Time from the request to its first byte.</param>
/// <param name="LargestGap">The longest time between two arrivals.</param>
internal sealed record ReadStream(string Hash, TimeSpan FirstByte, TimeSpan LargestGap);

/// <summary>Reads streams and measures when their bytes arrive.</summary>
internal static class StreamClient
{
    private const int LogCharacters = 6000;

    /// <summary>Sends a request for speech and reads its answer as it comes.</summary>
    /// <param name="silo">The silo that is asked.</param>
    /// <param name="body">A body of <c>/generate</c>.</param>
    /// <param name="started">Called at the first byte.</param>
    public static async Task<ReadStream> Read(SiloProcess silo, string body, Action? started = null)
    {
        var clock = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await silo.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}{End(silo.Log)}");
        await using var stream = await answer.Content.ReadAsStreamAsync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        TimeSpan? first = null;
        var last = TimeSpan.Zero;
        var gap = TimeSpan.Zero;
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            if (first is null) started?.Invoke();
            else if (clock.Elapsed - last > gap) gap = clock.Elapsed - last;
            last = clock.Elapsed;
            first ??= last;
        }

        return new ReadStream(Convert.ToHexString(hash.GetCurrentHash()), first ?? clock.Elapsed, gap);
    }

    /// <summary>The last lines of a silo's log, which say why it refused.</summary>
    private static string End(string log) => $"\n{log[Math.Max(0, log.Length - LogCharacters)..]}";

    /// <summary>Reads streams, so many at once.</summary>
    public static async Task<ReadStream[]> ReadAll(SiloProcess silo, IEnumerable<string> bodies, int atOnce, Action? started = null)
    {
        using var free = new SemaphoreSlim(atOnce);
        return await Task.WhenAll(bodies.Select(async body =>
        {
            await free.WaitAsync();
            try
            {
                return await Read(silo, body, started);
            }
            finally
            {
                free.Release();
            }
        }));
    }
}
