using System.Buffers;
using System.IO.Pipelines;
using CliWrap;

namespace DiaOrleans.Audio.Formats;

/// <summary>A child process that is fed by its standard input and read from its standard output while it runs. It is killed when this is disposed, and when it takes longer than <paramref name="patience"/> over one call.</summary>
internal sealed class EncoderProcess : IDisposable
{
    private const int MostUnread = 1 << 18;
    private const int ErrorLinesKept = 8;

    private readonly string _program;
    private readonly TimeSpan _patience;
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2, useSynchronizationContext: false));
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Queue<string> _errors = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Task<CommandResult> _run;

    /// <exception cref="AudioEncodingException">It does not start.</exception>
    public EncoderProcess(string program, IEnumerable<string> arguments, TimeSpan patience)
    {
        (_program, _patience) = (Path.GetFileNameWithoutExtension(program), patience);
        try
        {
            _run = Cli.Wrap(program)
                .WithArguments(arguments)
                .WithValidation(CommandResultValidation.None)
                .WithStandardInputPipe(PipeSource.FromStream(_input.Reader.AsStream()))
                .WithStandardOutputPipe(PipeTarget.Create(CollectAsync))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(KeepError))
                .ExecuteAsync(_kill.Token)
                .Task;
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            _kill.Dispose();
            throw new AudioEncodingException($"{_program} does not start: {problem.Message}", problem);
        }
    }

    /// <summary>Hands bytes on, waiting while too many are unread.</summary>
    /// <exception cref="AudioEncodingException">It ended, or takes too long.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_run.IsCompleted) throw Death();
        _input.Writer.Write(bytes);
        var flush = _input.Writer.FlushAsync();
        if (flush.IsCompleted) return;
        switch (Task.WaitAny([flush.AsTask(), _run], _patience))
        {
            case 0: return;
            case 1: throw Death();
            default: throw Stuck();
        }
    }

    /// <summary>Ends its input and waits for it to end.</summary>
    /// <exception cref="AudioEncodingException">It fails, or takes too long.</exception>
    public void Finish()
    {
        _input.Writer.Complete();
        if (Task.WaitAny([_run], _patience) < 0) throw Stuck();
        if (!_run.IsCompletedSuccessfully || _run.Result.ExitCode != 0) throw Death();
    }

    /// <summary>Hands over what it has written so far.</summary>
    public void Drain(IBufferWriter<byte> output)
    {
        lock (_output)
        {
            output.Write(_output.WrittenSpan);
            _output.ResetWrittenCount();
        }
    }

    public void Dispose()
    {
        _kill.Cancel();
        Task.WaitAny([_run], _patience);
        _ = _run.Exception;
        _input.Writer.Complete();
        _kill.Dispose();
    }

    private async Task CollectAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 14];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            lock (_output) _output.Write(buffer.AsSpan(0, count));
        }
    }

    private void KeepError(string line)
    {
        lock (_errors)
        {
            if (_errors.Count == ErrorLinesKept) _errors.Dequeue();
            _errors.Enqueue(line);
        }
    }

    private AudioEncodingException Death()
    {
        lock (_errors)
        {
            var status = _run.IsCompletedSuccessfully ? $"with status {_run.Result.ExitCode}" : "early";
            return new AudioEncodingException($"{_program} ended {status}{(_errors.Count == 0 ? "." : ": " + string.Join(" ", _errors))}", _run.Exception?.InnerException);
        }
    }

    private AudioEncodingException Stuck()
    {
        _kill.Cancel();
        return new AudioEncodingException($"{_program} did nothing for {_patience.TotalSeconds:F0} s and was ended.");
    }
}
