using System.CommandLine;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model</c>: gets, lists, inspects, verifies and removes models on this disk.</summary>
internal static class ModelCommand
{
    /// <summary>The command.</summary>
    public static Command Create() => new("model", "Gets models, and looks at those on this disk.")
    {
        ModelPullCommand.Create(),
        ModelListCommand.Create(),
        ModelInspectCommand.Create(),
        ModelVerifyCommand.Create(),
        ModelRemoveCommand.Create(),
    };
}
