using System.CommandLine;
using DiaOrleans.Server.Recognition.ChildProcess;

namespace DiaOrleans.Server.Commands.WhisperWorker;

/// <summary><c>whisper-worker MODEL</c>: the process that recognises speech. The server starts it; it ends when its input ends.</summary>
internal static class WhisperWorkerCommand
{
    /// <summary>The command, which the help does not show.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "Model file." };
        var threads = new Option<int>("--threads") { Description = "Threads of a recognition.", DefaultValueFactory = _ => 1 };
        var command = new Command(WorkerProtocol.Command, "Recognises recordings from its standard input.") { model, threads };
        command.Hidden = true;
        command.SetAction(parsed => WorkerLoop.Run(parsed.GetRequiredValue(model), parsed.GetValue(threads)));
        return command;
    }
}
