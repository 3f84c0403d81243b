using System.CommandLine;
using System.Runtime.InteropServices;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Store;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model pull NAME</c>: downloads a model.</summary>
internal static class ModelPullCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name")
        {
            Description = "OWNER/NAME on the hub, such as nari-labs/Dia-1.6B-0626; or whisper-SIZE: tiny, base, small, medium or large.",
        };
        var revision = new Option<string?>("--revision") { Description = "Branch, tag or commit (main)." };
        var replace = new Option<bool>("--replace") { Description = "Download a model again that is here." };
        var command = new Command("pull", "Downloads a model; what was interrupted continues. A checkpoint's codec comes with it.")
        {
            name, SettingFlags.Hub.Option, revision, replace,
        };
        ModelContext.AddOptions(command).SetAction((parsed, cancellation) => ModelContext.Run(parsed, context =>
            Run(context, parsed.GetRequiredValue(name), parsed.GetValue(revision), parsed.GetValue(replace), cancellation)));
        return command;
    }

    private static async Task<int> Run(
        ModelContext context,
        string name,
        string? revision,
        bool replace,
        CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            if (name.StartsWith(ModelContext.WhisperPrefix, StringComparison.Ordinal))
                return await PullWhisper(context, name[ModelContext.WhisperPrefix.Length..], stop.Token);
            if (ModelId.TryParse(name, out var id)) return await Pull(context, id, revision, replace, stop.Token);
            Console.Error.WriteLine($"'{name}' is no name of a model; expected OWNER/NAME or whisper-SIZE.");
            return ExitCode.Usage;
        }
        catch (DownloadException e)
        {
            Console.Error.WriteLine($"{name} was not downloaded: {e.Message}.{Advise(e.Fault)}");
            return ExitCode.Of(e.Fault);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"{name} is not complete; the next pull continues it.");
            return ExitCode.Interrupted;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> Pull(ModelContext context, ModelId id, string? revision, bool replace, CancellationToken cancellation)
    {
        using var http = HttpFetch.CreateClient();
        var limits = new DownloadLimits();
        var hub = ModelHubs.Open(context.Settings.Hub, context.Hub, http, limits);
        var pulled = await PullDisplay.Run(observer =>
            new ModelPull(hub, context.Store, limits, DiskSpace.OfMachine, observer).Run(id, revision, replace, cancellation));
        foreach (var (model, isFetched) in pulled)
        {
            var place = model.Origin == ModelOrigin.HuggingFace ? " (the cache of the Hugging Face hub)" : "";
            var state = isFetched ? "pulled" : "was here";
            Console.WriteLine($"{model.Name}: {state}, {ByteText.Show(model.Size)}, {model.Folder}{place}");
        }

        return ExitCode.Done;
    }

    private static async Task<int> PullWhisper(ModelContext context, string size, CancellationToken cancellation)
    {
        using var models = context.OpenWhisper();
        if (!models.Knows(size))
        {
            Console.Error.WriteLine($"There is no Whisper model {size}; expected {string.Join(", ", models.Sizes)}.");
            return ExitCode.NotFound;
        }

        var was = models.Find(size) is not null;
        var file = await PullDisplay.Run(observer => models.Download(size, observer, cancellation));
        var state = was ? "was here" : "pulled";
        Console.WriteLine($"{ModelContext.WhisperPrefix}{size}: {state}, {ByteText.Show(new FileInfo(file).Length)}, {file}");
        return ExitCode.Done;
    }

    private static string Advise(DownloadFault fault) => fault switch
    {
        DownloadFault.NotFound => " Check its name and --revision.",
        DownloadFault.Refused =>
            " Set HF_TOKEN to a token of an account that may read it; a gated model has conditions to accept on its page.",
        DownloadFault.Unavailable => " The next pull continues where this one ended.",
        DownloadFault.NoSpace => " Make room, or choose another folder with --models.",
        DownloadFault.Storage => " Choose a folder that this user may write with --models.",
        _ => "",
    };
}
