namespace DiaOrleans.Audio.Reading;

/// <summary>Reads WAV, AIFF, AU, CAF, FLAC, Ogg Vorbis, Ogg Opus and MP3 by libsndfile, from memory.</summary>
public sealed class SoundFileReader : IOptionalReader
{
    private const int BlockSamples = 32_768;

    /// <summary>Tags after the sound are not read. libsndfile ends where the first header of a compressed file states its end.</summary>
    private const int MaxUnreadBytes = 4096;

    /// <inheritdoc/>
    public string? Missing { get; } = SoundFileLibrary.Installed is null
        ? "libsndfile, which reads wav, flac, ogg, opus and mp3, is not installed (Debian package libsndfile1)."
        : null;

    /// <inheritdoc/>
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SoundFileLibrary.Installed is not { } library) throw new RecordingException(RecordingProblem.Unreadable, Missing!);
        if (!FileSignature.IsForSoundFile(file.Span))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "It is no wav, aiff, flac, ogg or mp3 file.");
        }

        var whole = WaveRepair.Apply(file);
        return MonoDecoding.Read(channel => Decode(library, whole, limits, channel, cancellationToken));
    }

    private static unsafe RecordingBuilder Decode(
        SoundFileLibrary library,
        ReadOnlyMemory<byte> file,
        ReadLimits limits,
        int? channel,
        CancellationToken cancellationToken)
    {
        using var pin = file.Pin();
        var memory = new SoundFileMemory((byte*)pin.Pointer, file.Length);
        var calls = SoundFileMemory.Calls;
        var handle = library.Open(&calls, &memory, out var info);
        if (handle == 0) throw Failure(library, 0);
        try
        {
            var recording = new RecordingBuilder(info.SampleRate, info.Channels, limits, channel);
            Decode(library, handle, info.Channels, recording, cancellationToken);
            if (memory.Unread > MaxUnreadBytes && FileSignature.IsCompressed(file.Span))
            {
                throw new RecordingException(RecordingProblem.Unreadable, "libsndfile stops before its end.");
            }

            return recording;
        }
        finally
        {
            library.Close(handle);
        }
    }

    private static void Decode(
        SoundFileLibrary library,
        nint handle,
        int channels,
        RecordingBuilder recording,
        CancellationToken cancellationToken)
    {
        var frames = BlockSamples / channels;
        var block = new float[frames * channels];
        var any = false;
        while (library.Read(handle, block, frames) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            recording.Append(block.AsSpan(0, (int)read * channels));
            any = true;
        }

        // The samples before a damaged part are a recording.
        if (!any && library.Failed(handle)) throw Failure(library, handle);
    }

    private static RecordingException Failure(SoundFileLibrary library, nint handle) =>
        new(RecordingProblem.Unreadable, $"libsndfile cannot read it: {library.ErrorText(handle)}.");
}
