using System.Runtime.InteropServices;

namespace DiaOrleans.Server.ChildProcesses;

/// <summary>
/// The standard output of a process that the server has started, for answers alone: what the process and its libraries write to the console
/// goes to the standard error. Until it is disposed of, the process does not end by Ctrl+C in a terminal or the stop of a service, which
/// signal it too; the server ends it when its requests have ended.
/// </summary>
internal sealed class WorkerOutput : IDisposable
{
    private readonly PosixSignalRegistration _interrupt = Ignore(PosixSignal.SIGINT);
    private readonly PosixSignalRegistration _terminate = Ignore(PosixSignal.SIGTERM);

    public WorkerOutput() => Console.SetOut(Console.Error);

    /// <summary>The standard output.</summary>
    public Stream Stream { get; } = Console.OpenStandardOutput();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private static PosixSignalRegistration Ignore(PosixSignal signal) =>
        PosixSignalRegistration.Create(signal, context => context.Cancel = true);
}
