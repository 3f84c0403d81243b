namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The configuration that clients may change.</summary>
internal static class ConfigurationOperations
{
    public const string Area = "Configuration";

    private const string Fresh =
        """{"debug_mode":false,"save_outputs":false,"show_prompts":false,"output_retention_hours":24,"auto_discover_prompts":true,"auto_transcribe":true,"whisper_model_size":"base"}""";

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/config", "Show the configuration", "What holds now; a flag of the command line wins over what is stored until the next PUT.") { Answers = [Answers.Ok("The configuration.", Fresh)] },
        new("PUT", "/config", "Replace the configuration", "The whole of it: what is left out returns to its default. It is stored.")
        {
            Body = new(
                [
                    new("debug_mode", FieldType.Boolean, "Log more, and name the log entry of each answer in `X-Generation-ID`.") { Default = "false" },
                    new("save_outputs", FieldType.Boolean, "Keep each result in `audio_outputs`.") { Default = "false" },
                    new("show_prompts", FieldType.Boolean, "Show texts in the server's log.") { Default = "false" },
                    new("output_retention_hours", FieldType.Integer, "Age at which saved outputs and log entries are removed. Any number is taken; 0 and less keep nothing.") { Default = "24" },
                    new("auto_discover_prompts", FieldType.Boolean, "Look for audio prompts at start.") { Default = "true" },
                    new("auto_transcribe", FieldType.Boolean, "Transcribe audio prompts that have no transcript.") { Default = "true" },
                    new("whisper_model_size", FieldType.Text, "`tiny`, `base`, `small`, `medium` or `large`.") { Default = "\"base\"", MaxLength = 256 },
                ],
                Fresh),
            Answers =
            [
                Answers.Ok("Stored.", $$"""{"message":"Configuration updated successfully","config":{{Fresh}}}"""),
                Answers.Invalid("body", "debug_mode", "bool_parsing", "Input should be a valid boolean, unable to interpret input"),
            ],
        },
    ];
}
