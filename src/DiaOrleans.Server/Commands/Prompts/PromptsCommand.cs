using System.CommandLine;

namespace DiaOrleans.Server.Commands.Prompts;

/// <summary><c>prompts</c>: recordings.</summary>
internal static class PromptsCommand
{
    /// <summary>The command.</summary>
    public static Command Create() => new("prompts", "Recordings that voices continue.") { PromptsImportCommand.Create() };
}
