using System.ComponentModel;

namespace DiaOrleans.Audio.Reading;

/// <summary>Reads M4A, AAC, WMA, MP4, Matroska and most other formats by ffmpeg, which runs as a child process for each file.</summary>
public sealed class FfmpegReader : IOptionalReader
{
    private readonly FfmpegOptions _options;
    private readonly string? _program;

    /// <summary>Creates a reader and looks for the program.</summary>
    /// <param name="options">How ffmpeg is run.</param>
    public FfmpegReader(FfmpegOptions? options = null)
    {
        _options = options ?? new FfmpegOptions();
        _program = _options.FindProgram();
    }

    /// <inheritdoc/>
    public string? Missing => _program is null ? "ffmpeg, which reads m4a, aac and wma, is not installed (Debian package ffmpeg)." : null;

    /// <inheritdoc/>
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_program is null) throw new RecordingException(RecordingProblem.Unreadable, Missing!);
        // Without the caller's synchronisation context, so that waiting here cannot block the continuations.
        return MonoDecoding.Read(channel =>
            Task.Run(() => DecodeAsync(_program, file, limits, channel, cancellationToken), CancellationToken.None)
                .GetAwaiter().GetResult());
    }

    private async Task<RecordingBuilder> DecodeAsync(
        string program,
        ReadOnlyMemory<byte> file,
        ReadLimits limits,
        int? channel,
        CancellationToken cancellationToken)
    {
        using var onDisk = FileSignature.IsMp4(file.Span) ? new PrivateFile(_options.TemporaryFolder, file.Span) : null;
        using var timeLimit = new CancellationTokenSource(_options.TimeLimit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeLimit.Token);
        var run = new FfmpegRun(limits, channel);
        try
        {
            await run.ExecuteAsync(program, file, onDisk?.FullName, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (run.OutputFailure is RecordingException refused) throw refused;
            if (timeLimit.IsCancellationRequested)
            {
                throw Unreadable($"ffmpeg took longer than {_options.TimeLimit.TotalSeconds:0} seconds to read it.", run.OutputFailure);
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            throw Unreadable("ffmpeg cannot be started.", e);
        }

        return run.TakeRecording();
    }

    private static RecordingException Unreadable(string message, Exception? cause) => new(RecordingProblem.Unreadable, message, cause);
}
