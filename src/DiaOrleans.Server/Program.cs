using DiaOrleans.Server;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;

DependencyTelemetry.SwitchOff();
PrivateFiles.SetMask();
return await ServerCommands.Run(args);
