using System.CommandLine;
using System.CommandLine.Invocation;
using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Commands.Cluster;
using DiaOrleans.Server.Commands.Db;
using DiaOrleans.Server.Commands.DecoderWorker;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Commands.Model;
using DiaOrleans.Server.Commands.Prompts;
using DiaOrleans.Server.Commands.Serve;
using DiaOrleans.Server.Commands.WhisperWorker;

namespace DiaOrleans.Server;

/// <summary>The command line of the program.</summary>
internal static class ServerCommands
{
    /// <summary>The exit code of arguments that no command takes.</summary>
    private const int Usage = 2;

    /// <summary>Runs the command of the arguments, and returns its exit code.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        var parsed = Create().Parse(arguments);
        // The server ends by itself when it is told to stop and has drained; the command line must not end it earlier.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        // The parser's own code is 1, which commands have for a result.
        return parsed.Action is ParseErrorAction ? Usage : code;
    }

    /// <summary>All commands; without one the program serves.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("DiaOrleans: a text-to-speech server for the Dia model.")
        {
            ServeCommand.Create(),
            ModelCommand.Create(),
            DbCommand.Create(),
            ClusterCommand.Create(),
            PromptsCommand.Create(),
            DoctorCommand.Create(),
            BenchCommand.Create(),
            WhisperWorkerCommand.Create(),
            DecoderWorkerCommand.Create(),
        };
        ServeCommand.AddTo(root);
        return root;
    }
}
