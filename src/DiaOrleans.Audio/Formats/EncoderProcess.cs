using System.Buffers;
using System.IO.Pipelines;
using CliWrap;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// A child process that encodes: bytes are sent to its standard input and read from its standard output while it runs. It is killed by
/// <see cref="Dispose"/> and if one call waits longer than the timeout. One thread at a time.
/// </summary>
internal sealed class EncoderProcess : IDisposable
{
    private const int MaxUnreadBytes = 1 << 18;
    private const int KeptErrorLines = 8;

    private readonly string _program;
    private readonly TimeSpan _timeout;
    private readonly Pipe _input = new(new PipeOptions(
        pauseWriterThreshold: MaxUnreadBytes,
        resumeWriterThreshold: MaxUnreadBytes / 2,
        useSynchronizationContext: false));

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Queue<string> _errors = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Task<CommandResult> _run;

    /// <summary>Starts the process.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="timeout">The longest that one call may wait for the process.</param>
    /// <exception cref="AudioEncodingException">The program does not start.</exception>
    public EncoderProcess(string program, IEnumerable<string> arguments, TimeSpan timeout)
    {
        _program = Path.GetFileNameWithoutExtension(program);
        _timeout = timeout;
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

    /// <summary>Sends bytes, and waits while the process has not read 256 KiB of them.</summary>
    /// <exception cref="AudioEncodingException">The process ended or the wait took longer than the timeout.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_run.IsCompleted) throw EndedEarly();
        _input.Writer.Write(bytes);
        var flush = _input.Writer.FlushAsync();
        if (flush.IsCompleted) return;
        switch (Task.WaitAny([flush.AsTask(), _run], _timeout))
        {
            case 0: return;
            case 1: throw EndedEarly();
            default: throw TimedOut();
        }
    }

    /// <summary>Closes the input of the process and waits until it ends.</summary>
    /// <exception cref="AudioEncodingException">The process failed or the wait took longer than the timeout.</exception>
    public void Finish()
    {
        _input.Writer.Complete();
        if (Task.WaitAny([_run], _timeout) < 0) throw TimedOut();
        if (!_run.IsCompletedSuccessfully || _run.Result.ExitCode != 0) throw EndedEarly();
    }

    /// <summary>Moves the bytes that the process has written so far to <paramref name="output"/>.</summary>
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
        Task.WaitAny([_run], _timeout);
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
            if (_errors.Count == KeptErrorLines) _errors.Dequeue();
            _errors.Enqueue(line);
        }
    }

    private AudioEncodingException EndedEarly()
    {
        lock (_errors)
        {
            var status = _run.IsCompletedSuccessfully ? $"with status {_run.Result.ExitCode}" : "early";
            var errors = _errors.Count == 0 ? "." : ": " + string.Join(" ", _errors);
            return new AudioEncodingException($"{_program} ended {status}{errors}", _run.Exception?.InnerException);
        }
    }

    private AudioEncodingException TimedOut()
    {
        _kill.Cancel();
        return new AudioEncodingException($"{_program} did nothing for {_timeout.TotalSeconds:F0} s and was ended.");
    }
}
