using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Server.Api.Configuration;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on the configuration.</summary>
internal static class ConfigurationOperations
{
    public const string Area = "Configuration";

    private static readonly ServerConfiguration Defaults = new();

    private static readonly Field[] Fields =
    [
        new("debug_mode", FieldType.Boolean, "Log more, and send the id of the log entry as `X-Generation-ID`.") { Default = "false" },
        new("save_outputs", FieldType.Boolean, "Keep each result in `audio_outputs`.") { Default = "false" },
        new("show_prompts", FieldType.Boolean, "Show texts in the server's log.") { Default = "false" },
        new(
            "output_retention_hours",
            FieldType.Integer,
            "Age at which saved outputs and log entries are removed. Any number is accepted; 0 and less keep nothing.") { Default = "24" },
        new("auto_discover_prompts", FieldType.Boolean, "Look for audio prompts when the server starts.") { Default = "true" },
        new("auto_transcribe", FieldType.Boolean, "Transcribe audio prompts that have no transcript.") { Default = "true" },
        new("whisper_model_size", FieldType.Text, "`tiny`, `base`, `small`, `medium` or `large`.")
        {
            Default = "\"base\"", MaxLength = RequestLimits.WordLength,
        },
    ];

    public static IReadOnlyList<Operation> All =>
    [
        new(
            "GET",
            "/config",
            "Show the configuration",
            "The configuration in use. A flag of the command line overrides what is stored until the next PUT.")
        {
            Answers = [Answers.Ok("The configuration.", ConfigurationEndpoints.FormatConfiguration(Defaults))],
        },
        new(
            "PUT",
            "/config",
            "Replace the configuration",
            "Replaces the whole configuration and stores it. An absent field returns to its default.")
        {
            Body = new(Fields, ApiJson.Serialize(ConfigurationEndpoints.FormatConfiguration(Defaults))),
            Answers =
            [
                Answers.Ok("Stored.", ConfigurationEndpoints.FormatReplaced(Defaults)),
                Answers.Invalid("body", "debug_mode", "bool_parsing", "Input should be a valid boolean, unable to interpret input"),
            ],
        },
    ];
}
