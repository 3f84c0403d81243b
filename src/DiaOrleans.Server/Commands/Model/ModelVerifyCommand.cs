using System.CommandLine;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model verify [NAME]</c>: compares the files of models with what was published.</summary>
internal static class ModelVerifyCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "A model on this disk; without it all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("verify", "Reads the files of models and compares them with the published digests.") { name };
        ModelContext.AddOptions(command).SetAction((parsed, cancellation) => ModelContext.Run(parsed, context =>
            Run(context, parsed.GetValue(name), cancellation)));
        return command;
    }

    private static async Task<int> Run(ModelContext context, string? name, CancellationToken cancellation)
    {
        using var whisper = context.OpenWhisper();
        var models = name is null ? context.Store.All : [Find(context, name)];
        var sizes = name is null ? whisper.OnDisk : [];
        if (models.Count + sizes.Count == 0) Console.WriteLine("No model was pulled: there is nothing to verify.");
        var isSound = true;
        foreach (var model in models)
        {
            var (problems, compared) = await model.Verify(cancellation);
            foreach (var problem in problems) Console.Error.WriteLine($"{model.Name}: {problem}");
            var sound = compared > 0 ? $"{compared} files are as published" : "whole; no digest is known";
            if (problems.Count == 0) Console.WriteLine($"{model.Name}: {sound}");
            isSound &= problems.Count == 0;
        }

        foreach (var size in sizes) isSound &= await IsUsable(whisper, size, cancellation);
        return isSound ? ExitCode.Done : ExitCode.Wrong;
    }

    private static StoredModel Find(ModelContext context, string name) => context.Store.Find(name)
        ?? new StoredModel(name, ModelFolder.Find(name, context.Store, nameof(EngineOptions.Model)), ModelOrigin.Shipped);

    private static async Task<bool> IsUsable(WhisperModels models, string size, CancellationToken cancellation)
    {
        var problem = await models.FindProblem(size, cancellation);
        if (problem is null) Console.WriteLine($"{ModelContext.WhisperPrefix}{size}: usable");
        else Console.Error.WriteLine($"{ModelContext.WhisperPrefix}{size}: its file {problem}");
        return problem is null;
    }
}
