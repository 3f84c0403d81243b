namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>Voices and their previews.</summary>
internal static class VoiceOperations
{
    public const string Area = "Voices";

    private const string Config = """{"style":"neutral","primary_speaker":"S1","audio_prompt":"anna-prompt","audio_prompt_transcript":"[S1] This is how I sound."}""";

    private static readonly Field Id = new("voice_id", FieldType.Text, "Id of a voice.");

    private static readonly Field[] Settings =
    [
        new("style", FieldType.Text, "A word for people; `neutral` where a new voice has none.") { OrNull = true, MaxLength = 256 },
        new("primary_speaker", FieldType.Text, "Who speaks a text without marks: `S1` or `S2`.") { OrNull = true, MaxLength = 256 },
        new("audio_prompt", FieldType.Text, "Id of the audio prompt that the voice continues. It need not exist yet.") { OrNull = true, MaxLength = 128 },
        new("audio_prompt_transcript", FieldType.Text, "What is said in it; where left out, the prompt's own transcript.") { OrNull = true, MaxLength = 65_536 },
    ];

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/voices", "List voices", "All voices in the order of their creation. A fresh server has none.")
        {
            Answers = [Answers.Ok("The voices.", """{"voices":[{"id":"anna","name":"anna","style":"neutral","primary_speaker":"S1","has_audio_prompt":true,"preview_url":"/preview/anna"}]}""")],
        },
        new("GET", "/voice_mappings", "Show all voices' settings", "An object by voice id.") { Answers = [Answers.OkById("The settings.", $$"""{"anna":{{Config}}}""")] },
        new("POST", "/voice_mappings", "Create a voice", "An existing id is overwritten and keeps its place.")
        {
            Body = new([new("voice_id", FieldType.Text, "1 to 256 characters, no control characters.") { Required = true, MaxLength = 256 }, .. Settings], """{"voice_id":"anna","primary_speaker":"S1","audio_prompt":"anna-prompt"}"""),
            Answers = [Answers.Ok("Created.", $$"""{"message":"Voice 'anna' created successfully","voice_config":{{Config}}}"""), Answers.Problem(400, "voice_id is required"), Answers.Invalid("body", "voice_id")],
        },
        new("PUT", "/voice_mappings/{voice_id}", "Change a voice", "What is null or left out stays as it is.")
        {
            Ids = [Id],
            Body = new([new("voice_id", FieldType.Text, "Ignored: the path says which voice.") { OrNull = true }, .. Settings], """{"style":"calm"}"""),
            Answers =
            [
                Answers.Ok("Changed.", $$"""{"message":"Voice 'anna' updated successfully","voice_config":{{Config}}}"""),
                Answers.Problem(404, "Voice 'alan' not found"),
                Answers.Invalid("body", "style", "string_type", "Input should be a valid string"),
            ],
        },
        new("DELETE", "/voice_mappings/{voice_id}", "Delete a voice", "Its audio prompt stays.")
        {
            Ids = [Id],
            Answers = [Answers.Ok("Deleted.", """{"message":"Voice 'anna' deleted successfully"}"""), Answers.Problem(404, "Voice 'alan' not found")],
        },
        new("GET", "/preview/{voice_id}", "Hear a voice", "A sentence and a question in that voice, kept until the voice changes.")
        {
            Ids = [Id],
            Answers = [Answers.Audio("The preview.", "audio/wav"), Answers.Problem(404, "Voice not found"), Answers.Problem(500, "Preview generation failed: the worker does not answer")],
        },
    ];
}
