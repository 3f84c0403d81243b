using System.Security.Cryptography;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Recordings as samples, decoded off the callers' threads and few at a time.</summary>
internal sealed class PromptReader(IRecordingReader reader, IBlobStore blobs)
{
    /// <summary>For files that people put into the folder; uploads are bounded far below.</summary>
    private const int MaxFileBytes = 256 << 20;
    private static readonly ReadLimits FileLimits = new(MaxSeconds: 600);

    private readonly SemaphoreSlim _decoders = new(Math.Clamp(Environment.ProcessorCount / 2, 1, 4));

    public static string HashOf(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(MD5.HashData(file));

    /// <summary>A recording in the store as bytes; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is too large.</exception>
    public Task<byte[]?> ReadFile(string key, CancellationToken cancellationToken) => blobs.ReadAll(key, MaxFileBytes, cancellationToken);

    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    public Task<Recording> DecodeFile(ReadOnlyMemory<byte> file, CancellationToken cancellationToken) => Decode(file, FileLimits, cancellationToken);

    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    public async Task<Recording> Decode(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken)
    {
        await _decoders.WaitAsync(cancellationToken);
        try
        {
            var recording = await Task.Run(() => reader.Read(file, limits, cancellationToken), cancellationToken);
            return recording.Samples.Length > 0 ? recording : throw new RecordingException(RecordingProblem.Empty, "The file holds no samples.");
        }
        finally
        {
            _decoders.Release();
        }
    }
}
