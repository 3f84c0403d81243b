using System.Text;
using CliWrap;

namespace DiaOrleans.Audio.Reading;

/// <summary>Reads M4A, AAC, WMA, MP4, Matroska and most else by ffmpeg, run as a child process for each file.</summary>
public sealed class FfmpegReader : IOptionalReader
{
    private const int KeptErrorCharacters = 4096;

    private readonly FfmpegOptions _options;
    private readonly string? _program;

    /// <param name="options">How it is run.</param>
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
        // The pool's threads end the pipes, so none of them is held here by a context.
        return Task.Run(() => ReadAsync(_program, file, limits, cancellationToken), CancellationToken.None).GetAwaiter().GetResult();
    }

    private async Task<Recording> ReadAsync(string program, ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken)
    {
        using var onDisk = FileSignature.IsMp4(file.Span) ? new PrivateFile(_options.TemporaryFolder, file.Span) : null;
        using var timeLimit = new CancellationTokenSource(_options.TimeLimit);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeLimit.Token);
        var output = new FfmpegOutput(limits);
        Exception? failure = null;
        var errors = new StringBuilder();
        var command = Cli.Wrap(program)
            .WithArguments(FfmpegArguments.Of(onDisk?.FullName, limits))
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(onDisk is null ? PipeSource.Create((stream, stop) => stream.WriteAsync(file, stop).AsTask()) : PipeSource.Null)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => Keep(errors, line)))
            .WithStandardOutputPipe(PipeTarget.Create(async (stream, stop) =>
            {
                try
                {
                    await output.ReadAsync(stream, stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is RecordingException or IOException or InvalidDataException)
                {
                    failure = e;
                    await enough.CancelAsync().ConfigureAwait(false);
                }
            }));
        try
        {
            await command.ExecuteAsync(enough.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (failure is RecordingException refused) throw refused;
            if (timeLimit.IsCancellationRequested) throw Unreadable($"ffmpeg took longer than {_options.TimeLimit.TotalSeconds:0} seconds to read it.", failure);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            throw Unreadable("ffmpeg cannot be started.", e);
        }

        var said = new InvalidDataException(errors.ToString(), failure);
        if (errors.ToString().Contains("matches no streams", StringComparison.Ordinal)) throw Unreadable("It holds no sound.", said);
        // Nothing decoded and nothing complained of is an empty recording.
        if (!output.HasSamples && (errors.Length > 0 || !output.HasHeader)) throw Unreadable("ffmpeg cannot read it.", said);
        return output.Build();
    }

    private static void Keep(StringBuilder errors, string line)
    {
        if (errors.Length < KeptErrorCharacters) errors.Append(line.AsSpan(0, Math.Min(line.Length, KeptErrorCharacters))).Append('\n');
    }

    private static RecordingException Unreadable(string message, Exception? cause) => new(RecordingProblem.Unreadable, message, cause);
}
