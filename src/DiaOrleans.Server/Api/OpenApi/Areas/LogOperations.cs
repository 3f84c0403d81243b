using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Server.Api.Logs;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on the generation log.</summary>
internal static class LogOperations
{
    public const string Area = "Logs";

    private static readonly GenerationEntry Entry = new()
    {
        Id = "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        Timestamp = new DateTimeOffset(2026, 11, 24, 8, 30, 0, 250, TimeSpan.Zero),
        Text = "**Hello** there 👋",
        ProcessedText = "[S1] Hello there [S1]",
        Voice = "anna",
        AudioPromptUsed = true,
        GenerationTime = 1.5,
        FilePath = "audio_outputs/20261124_083000_7c9e6679_anna.wav",
        FileSize = 150444,
        SeedUsed = 42,
    };

    private static readonly Field Id = new("log_id", FieldType.Text, "The id of a log entry, as in `X-Generation-ID`.");

    private static readonly Answer Unknown = Answers.Problem(404, $"Log '{Entry.Id}' not found");

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/logs", "List log entries", "Newest first; 10 000 at most, and none older than `output_retention_hours`.")
        {
            Query =
            [
                new("limit", FieldType.Integer, "The most entries to list.")
                {
                    Default = $"{RequestLimits.DefaultListLength}", Range = RequestLimits.ListLength,
                },
                new("voice", FieldType.Text, "Only entries of this voice."),
            ],
            Answers =
            [
                Answers.Ok(
                    "The entries; `total` counts all, `filtered` those listed.",
                    LogView.FromPage(new([Entry], 1))),
                Answers.Invalid(
                    "query",
                    "limit",
                    "less_than_equal",
                    $"Input should be less than or equal to {RequestLimits.ListLength.Max}"),
            ],
        },
        new("GET", "/logs/{log_id}", "Show a log entry", "One finished generation.")
        {
            Ids = [Id],
            Answers = [Answers.Ok("The entry.", LogView.FromEntry(Entry)), Unknown],
        },
        .. Downloads.Of(
            new("GET", "/logs/{log_id}/download", "Get a saved output", "An output is saved if `save_outputs` is on when it is generated.")
            {
                Ids = [Id],
                Answers =
                [
                    Answers.Audio("The saved WAV. `X-Seed` is the seed that was used.", "audio/wav"),
                    Answers.Problem(404, "Audio file not found or has been cleaned up"),
                ],
            }),
        new("DELETE", "/logs", "Remove all log entries", "Saved outputs are kept.")
        {
            Answers = [Answers.Message("Removed.", "All generation logs cleared")],
        },
        new("DELETE", "/logs/{log_id}", "Remove a log entry", "Its saved output is removed too.")
        {
            Ids = [Id],
            Answers = [Answers.Message("Removed.", $"Log '{Entry.Id}' and associated file deleted"), Unknown],
        },
    ];
}
