using System.CommandLine;
using DiaOrleans.Server;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;

DependencyTelemetry.SwitchOff();
PrivateFiles.SetMask();
// The server ends by itself when it is told to stop and has drained; the command line must not end it earlier.
return await ServerCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
