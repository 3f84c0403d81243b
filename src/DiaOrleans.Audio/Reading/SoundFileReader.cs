namespace DiaOrleans.Audio.Reading;

/// <summary>Reads WAV, AIFF, AU, CAF, FLAC, Ogg Vorbis, Ogg Opus and MP3 by libsndfile, from memory.</summary>
public sealed class SoundFileReader : IOptionalReader
{
    private const int BlockSamples = 32_768;

    /// <inheritdoc/>
    public string? Missing { get; } = SoundFileLibrary.Installed is null
        ? "libsndfile, which reads wav, flac, ogg, opus and mp3, is not installed (Debian package libsndfile1)."
        : null;

    /// <inheritdoc/>
    public unsafe Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SoundFileLibrary.Installed is not { } library) throw new RecordingException(RecordingProblem.Unreadable, Missing!);
        if (!FileSignature.IsForSoundFile(file.Span))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "It is no wav, aiff, flac, ogg or mp3 file.");
        }

        using var pin = file.Pin();
        var memory = new SoundFileMemory((byte*)pin.Pointer, file.Length);
        var calls = SoundFileMemory.Calls;
        var handle = library.Open(&calls, &memory, out var info);
        if (handle == 0) throw Failure(library, 0);
        try
        {
            return Decode(library, handle, info, limits, cancellationToken);
        }
        finally
        {
            library.Close(handle);
        }
    }

    private static Recording Decode(
        SoundFileLibrary library,
        nint handle,
        in SoundFileInfo info,
        ReadLimits limits,
        CancellationToken cancellationToken)
    {
        var recording = new RecordingBuilder(info.SampleRate, info.Channels, limits);
        recording.CheckLength(info.Frames);
        var frames = BlockSamples / info.Channels;
        var block = new float[frames * info.Channels];
        var any = false;
        while (library.Read(handle, block, frames) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            recording.Append(block.AsSpan(0, (int)read * info.Channels));
            any = true;
        }

        // The samples before a damaged part are a recording.
        if (!any && library.Failed(handle)) throw Failure(library, handle);
        return recording.Build();
    }

    private static RecordingException Failure(SoundFileLibrary library, nint handle) =>
        new(RecordingProblem.Unreadable, $"libsndfile cannot read it: {library.ErrorText(handle)}.");
}
