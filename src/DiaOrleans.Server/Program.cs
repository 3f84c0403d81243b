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
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;

DependencyTelemetry.SwitchOff();
PrivateFiles.SetMask();
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
// The server ends by itself when it is told to stop and has drained; the command line must not end it earlier.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
