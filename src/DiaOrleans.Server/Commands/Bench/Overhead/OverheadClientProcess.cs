using System.Diagnostics;
using System.Globalization;
using DiaOrleans.Server.ChildProcesses;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>The process of the client.</summary>
internal sealed class OverheadClientProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <param name="server">Address of the server.</param>
    public OverheadClientProcess(string server)
    {
        _process = Process.Start(OwnProgram.Command("bench", OverheadClient.Name, server))!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Makes a request and returns the time from the request to its last byte.</summary>
    /// <exception cref="InvalidOperationException">The client has failed.</exception>
    public async Task<TimeSpan> Make(OverheadWay way, int seed, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(FormattableString.Invariant($"{way} {seed}").AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return await _process.StandardOutput.ReadLineAsync(cancellation) is { } line
            ? TimeSpan.FromMilliseconds(double.Parse(line, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The client has failed: {await _errors}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
