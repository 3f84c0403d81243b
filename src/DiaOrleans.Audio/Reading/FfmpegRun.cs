using System.Text;
using CliWrap;

namespace DiaOrleans.Audio.Reading;

/// <summary>One run of ffmpeg on one file.</summary>
/// <param name="limits">End the run if the recording is longer.</param>
/// <param name="channel">The channel to keep, from 0; null averages all.</param>
internal sealed class FfmpegRun(ReadLimits limits, int? channel)
{
    private const int KeptErrorCharacters = 4096;

    private readonly FfmpegOutput _output = new(limits, channel);
    private readonly StringBuilder _errors = new();

    /// <summary>The error that ended the reading of ffmpeg's output, if there was one.</summary>
    public Exception? OutputFailure { get; private set; }

    /// <summary>Runs ffmpeg until it ends. Its exit code is not checked: a damaged file gives samples and a failure.</summary>
    /// <param name="program">Path of ffmpeg.</param>
    /// <param name="file">The file's bytes.</param>
    /// <param name="path">Path of the same file on disk; null sends the bytes to the standard input.</param>
    /// <param name="stop">Ends ffmpeg; cancelled here if its output cannot be used.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task ExecuteAsync(string program, ReadOnlyMemory<byte> file, string? path, CancellationTokenSource stop)
    {
        var input = path is null ? PipeSource.Create((stream, token) => stream.WriteAsync(file, token).AsTask()) : PipeSource.Null;
        await Cli.Wrap(program)
            .WithArguments(FfmpegArguments.Build(path))
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(input)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(KeepError))
            .WithStandardOutputPipe(PipeTarget.Create((stream, token) => ReadOutputAsync(stream, stop, token)))
            .ExecuteAsync(stop.Token)
            .ConfigureAwait(false);
    }

    /// <summary>What was decoded, after ffmpeg has ended.</summary>
    /// <exception cref="RecordingException">ffmpeg wrote no samples.</exception>
    public RecordingBuilder TakeRecording()
    {
        var errors = _errors.ToString();
        var cause = new InvalidDataException(errors, OutputFailure);
        if (errors.Contains("matches no streams", StringComparison.Ordinal))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "It holds no sound.", cause);
        }

        // A header, no samples and no error is an empty recording.
        if (_output.Recording is not { } recording || (!_output.HasSamples && errors.Length > 0))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "ffmpeg cannot read it.", cause);
        }

        return recording;
    }

    private async Task ReadOutputAsync(Stream stream, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        try
        {
            await _output.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RecordingException or IOException or InvalidDataException)
        {
            OutputFailure = e;
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void KeepError(string line)
    {
        if (_errors.Length >= KeptErrorCharacters) return;
        _errors.Append(line.AsSpan(0, Math.Min(line.Length, KeptErrorCharacters))).Append('\n');
    }
}
