using DiaOrleans.Server.Models.Downloading;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>Shows downloads as lines, for logs: at the start and end of a file, each tenth of it, and interruptions.</summary>
/// <param name="output">Gets the lines.</param>
/// <param name="time">Clock, for the rate.</param>
internal sealed class PullLines(TextWriter output, TimeProvider time) : IDownloadObserver
{
    private const int Steps = 10;

    private readonly Interruptions _interruptions = new(time);
    private readonly Lock _lock = new();
    private long _done;
    private long _brought;
    private long? _total;
    private long _shown;
    private long _started;

    /// <inheritdoc/>
    public void Waits(string what) => output.WriteLine($"{what}: another process downloads it; waiting for that one.");

    /// <inheritdoc/>
    public void Begins(RemoteFile file, long done, long? total)
    {
        lock (_lock)
        {
            _done = done;
            _total = total;
            _brought = 0;
            _started = time.GetTimestamp();
            _shown = CountSteps();
            var here = done > 0 ? $", {ByteText.Show(done)} of it here" : "";
            output.WriteLine($"{file.Path}: {(total is null ? "size not known yet" : ByteText.Show(total.Value))}{here}");
        }
    }

    /// <inheritdoc/>
    public void Advances(RemoteFile file, int bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            _brought += bytes;
            if (CountSteps() <= _shown) return;
            _shown = CountSteps();
            var seconds = Math.Max(time.GetElapsedTime(_started).TotalSeconds, 1e-3);
            var rate = _brought / seconds;
            var left = Invariant($"{(_total!.Value - _done) / Math.Max(rate, 1):0} s left");
            var percent = Invariant($"{100 / Steps * _shown} %");
            output.WriteLine($"{file.Path}: {percent}, {ByteText.Show(_done)}, {ByteText.Show((long)rate)}/s, {left}");
        }
    }

    /// <inheritdoc/>
    public void Resumes(RemoteFile file, Exception cause, TimeSpan wait)
    {
        if (_interruptions.Describe(file, cause, wait) is { } sentence) output.WriteLine(sentence);
    }

    /// <inheritdoc/>
    public void Verifies(RemoteFile file)
    {
    }

    /// <inheritdoc/>
    public void Ends(RemoteFile file) =>
        output.WriteLine(file.Digest is null ? $"{file.Path}: complete" : $"{file.Path}: complete and as published");

    private long CountSteps() => _total is > 0 and var all ? _done * Steps / all : 0;
}
