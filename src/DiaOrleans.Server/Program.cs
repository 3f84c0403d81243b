using System.CommandLine;
using DiaOrleans.Server.Commands.Bench;

return await new RootCommand("DiaOrleans") { BenchCommand.Create() }.Parse(args).InvokeAsync();
