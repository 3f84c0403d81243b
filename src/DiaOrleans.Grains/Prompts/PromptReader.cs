using System.Security.Cryptography;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Reads recordings on the thread pool, with a limit on the number that are decoded at the same time.</summary>
internal sealed class PromptReader(IRecordingReader reader, IBlobStore blobs, TimeProvider time)
{
    /// <summary>The limit for reading a file, and for decoding it, its wait for a decoder included.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <summary>For files that users add to the folder; the limit for uploads is far lower.</summary>
    public const int MaxFileBytes = 256 << 20;

    private static readonly ReadLimits FileLimits = new(MaxSeconds: 600);

    private readonly SemaphoreSlim _decoders = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 4));

    /// <summary>The MD5 of a file, lower-case hexadecimal.</summary>
    public static string ComputeHash(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(MD5.HashData(file));

    /// <summary>The bytes of a recording in the blob store, or null if there is no such blob.</summary>
    /// <exception cref="IOException">It cannot be read within <see cref="TimeLimit"/>, or is too large.</exception>
    public Task<byte[]?> ReadFile(string key, CancellationToken cancellationToken) => TimeLimits.Run(
        TimeLimit,
        time,
        stop => Task.Run(() => blobs.ReadAll(key, MaxFileBytes, stop), stop).WaitAsync(stop),
        () => new IOException("Reading it takes too long."),
        cancellationToken);

    /// <summary>The samples of a file from the blob store, 600 s at most.</summary>
    /// <exception cref="RecordingException">It cannot be decoded within <see cref="TimeLimit"/>.</exception>
    public Task<Recording> DecodeFile(ReadOnlyMemory<byte> file, CancellationToken cancellationToken) =>
        Decode(file, FileLimits, cancellationToken);

    /// <summary>The samples of a file.</summary>
    /// <exception cref="RecordingException">
    /// It cannot be decoded within <see cref="TimeLimit"/>, or exceeds <paramref name="limits"/>.
    /// </exception>
    public Task<Recording> Decode(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken) => TimeLimits.Run(
        TimeLimit,
        time,
        stop => DecodeWithLimit(file, limits, stop),
        () => new RecordingException(RecordingProblem.Unreadable, "Decoding it takes too long."),
        cancellationToken);

    /// <summary>
    /// A decoder that ignores cancellation goes on in its thread but does not count against the limit, so that other files are decoded.
    /// </summary>
    private async Task<Recording> DecodeWithLimit(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken stop)
    {
        await _decoders.WaitAsync(stop);
        try
        {
            var recording = await Task.Run(() => reader.Read(file, limits, stop), stop).WaitAsync(stop);
            return recording.Samples.Length > 0
                ? recording
                : throw new RecordingException(RecordingProblem.Empty, "The file holds no samples.");
        }
        finally
        {
            _decoders.Release();
        }
    }
}
