using System.CommandLine;
using DiaOrleans.Server.Commands.Bench;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Commands.Model;
using DiaOrleans.Server.Commands.Serve;
using DiaOrleans.Server.Hosting;
#if HAS_WHISPER
using DiaOrleans.Server.Commands.WhisperWorker;
#endif

DependencyTelemetry.SwitchOff();
var root = new RootCommand("DiaOrleans: a text-to-speech server for the Dia model.") 
{
    ServeCommand.Create(),
    ModelInspectCommand.Create(),
    DoctorCommand.Create(),
    BenchCommand.Create(),
#if HAS_WHISPER
    WhisperWorkerCommand.Create(),
#endif
};
ServeCommand.AddTo(root);
// The server drains on its own when it is told to stop; the command line must not cut it short.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
