using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Storage;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Model;

/// <summary><c>model list</c>: the models on this disk.</summary>
internal static class ModelListCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("list", "Shows the models on this disk.") { json };
        ModelContext.AddOptions(command)
            .SetAction((parsed, _) => ModelContext.Run(parsed, context => Task.FromResult(Run(context, parsed.GetValue(json)))));
        return command;
    }

    private static int Run(ModelContext context, bool json)
    {
        var cache = DataFolder.CacheIn(context.Data);
        var models = FindShipped().Concat(context.Store.All);
        Row[] rows =
        [
            .. models.Select(model => Describe(model, cache)),
            .. context.Store.Unfinished.Select(DescribeUnfinished),
            .. DescribeWhisper(context),
        ];
        if (json) Console.WriteLine(JsonSerializer.Serialize(rows, Json));
        else Print(rows);
        return ExitCode.Done;
    }

    /// <summary>A program may be installed without the model that comes with it.</summary>
    private static IEnumerable<StoredModel> FindShipped()
    {
        if (ModelFolder.FindShipped(AppContext.BaseDirectory) is { } folder)
            yield return new StoredModel("dia-nano", folder, ModelOrigin.Shipped);
    }

    private static Row Describe(StoredModel model, string cache) => new(
        model.Name,
        model.Profile ?? "unknown",
        model.Size,
        model.Profile is "0626" or "classic" ? CachedPrecisions.Find(cache, model.Folder) : [],
        model.FindGap(),
        model.Origin switch { ModelOrigin.Store => "store", ModelOrigin.Shipped => "shipped", _ => "Hugging Face cache" },
        model.Folder);

    private static Row DescribeUnfinished(StoredModel model)
    {
        var gap = $"its download has not ended; ./run.sh model pull {model.Name} continues it";
        return new Row(model.Name, model.Profile ?? "unknown", model.Size, [], gap, "store", model.Folder);
    }

    private static IEnumerable<Row> DescribeWhisper(ModelContext context)
    {
        using var models = context.OpenWhisper();
        foreach (var size in models.OnDisk)
        {
            var file = models.Find(size)!;
            yield return new Row($"{ModelContext.WhisperPrefix}{size}", "recognition", new FileInfo(file).Length, [], null, "store", file);
        }
    }

    private static void Print(IReadOnlyList<Row> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "profile").AddColumn(new TableColumn("size").RightAligned());
        table.AddColumns("cached", "whole", "place");
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                row.Profile,
                ByteText.Show(row.Bytes),
                string.Join(", ", row.Cached),
                row.Gap is null ? "yes" : $"[red]no[/]: {Markup.Escape(row.Gap)}",
                row.Place);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>A line of the list.</summary>
    /// <param name="Name">Name of the model.</param>
    /// <param name="Profile">0626, classic, codec, recognition or unknown.</param>
    /// <param name="Bytes">Size of its files.</param>
    /// <param name="Cached">Precisions whose weights are in the cache of the data folder.</param>
    /// <param name="Gap">What is missing of it, or null.</param>
    /// <param name="Place">Where it comes from.</param>
    /// <param name="Path">Path of its folder, or of its file.</param>
    private sealed record Row(
        string Name,
        string Profile,
        long Bytes,
        IReadOnlyList<string> Cached,
        string? Gap,
        string Place,
        string Path);
}
