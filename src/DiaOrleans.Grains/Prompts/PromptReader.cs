using System.Security.Cryptography;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Recordings as samples, decoded off the callers' threads and few at a time.</summary>
internal sealed class PromptReader(IRecordingReader reader, IBlobStore blobs, TimeProvider time)
{
    /// <summary>For files that people put into the folder; uploads are bounded far below.</summary>
    private const int MaxFileBytes = 256 << 20;

    /// <summary>A file that takes longer, its wait for a decoder included, is left alone, so that it does not stop the others.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(60);

    private static readonly ReadLimits FileLimits = new(MaxSeconds: 600);

    private readonly SemaphoreSlim _decoders = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 4));

    public static string HashOf(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(MD5.HashData(file));

    /// <summary>A recording in the store as bytes; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is too large.</exception>
    public Task<byte[]?> ReadFile(string key, CancellationToken cancellationToken) =>
        TimeLimits.Run(LongestRead, time, stop => Task.Run(() => blobs.ReadAll(key, MaxFileBytes, stop), stop).WaitAsync(stop), () => new IOException("Reading it takes too long."), cancellationToken);

    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    public Task<Recording> DecodeFile(ReadOnlyMemory<byte> file, CancellationToken cancellationToken) => Decode(file, FileLimits, cancellationToken);

    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    public Task<Recording> Decode(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken) =>
        TimeLimits.Run(LongestRead, time, stop => DecodeInTurn(file, limits, stop), () => new RecordingException(RecordingProblem.Unreadable, "Decoding it takes too long."), cancellationToken);

    /// <summary>A decoder that does not stop loses its place, so that the others go on.</summary>
    private async Task<Recording> DecodeInTurn(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken stop)
    {
        await _decoders.WaitAsync(stop);
        try
        {
            var recording = await Task.Run(() => reader.Read(file, limits, stop), stop).WaitAsync(stop);
            return recording.Samples.Length > 0 ? recording : throw new RecordingException(RecordingProblem.Empty, "The file holds no samples.");
        }
        finally
        {
            _decoders.Release();
        }
    }
}
