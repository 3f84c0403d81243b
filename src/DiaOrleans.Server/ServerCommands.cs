using System.CommandLine;
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
