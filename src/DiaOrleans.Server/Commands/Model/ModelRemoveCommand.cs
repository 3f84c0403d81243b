using System.CommandLine;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model remove NAME</c>: deletes a model that was pulled, and what unfinished pulls of it left.</summary>
internal static class ModelRemoveCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "OWNER/NAME, or whisper-SIZE." };
        var command = new Command("remove", "Deletes a model that was pulled, or what an interrupted pull left of it.") { name };
        ModelContext.AddOptions(command).SetAction((parsed, _) => ModelContext.Run(parsed, context =>
            Task.FromResult(Run(context, parsed.GetRequiredValue(name)))));
        return command;
    }

    private static int Run(ModelContext context, string name)
    {
        try
        {
            var isWhisper = name.StartsWith(ModelContext.WhisperPrefix, StringComparison.Ordinal);
            if (isWhisper ? RemoveWhisper(context, name) : Remove(context, name))
            {
                Console.WriteLine($"{name} is removed.");
                return ExitCode.Done;
            }

            Console.Error.WriteLine(isWhisper
                ? $"{name} is not in {context.WhisperFolder}."
                : $"{name} is not in {context.Store.Folder}. Models of the Hugging Face cache are only read.");
            return ExitCode.NotFound;
        }
        catch (DownloadException e)
        {
            Console.Error.WriteLine($"{name} was not removed: {e.Message}.");
            return ExitCode.Of(e.Fault);
        }
    }

    private static bool Remove(ModelContext context, string name) => ModelId.TryParse(name, out var id) && context.Store.Remove(id);

    private static bool RemoveWhisper(ModelContext context, string name)
    {
        using var models = context.OpenWhisper();
        return models.Remove(name[ModelContext.WhisperPrefix.Length..]);
    }
}
