using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on voices and their previews.</summary>
internal static class VoiceOperations
{
    public const string Area = "Voices";

    private static readonly Voice Anna = new("anna", new VoiceSettings("neutral", "S1", "anna-prompt", "[S1] This is how I sound."));

    private const string NewExample = """{"voice_id":"anna","primary_speaker":"S1","audio_prompt":"anna-prompt"}""";

    private static readonly Field Id = new("voice_id", FieldType.Text, "The id of a voice.");

    private static readonly Answer Unknown = Answers.Problem(404, "Voice 'alan' not found");

    private static readonly Field[] Settings =
    [
        new("style", FieldType.Text, "A word for people. The default of a new voice is `neutral`.")
        {
            OrNull = true, MaxLength = RequestLimits.WordLength,
        },
        new("primary_speaker", FieldType.Text, "The speaker of a text without marks: `S1` or `S2`. The default of a new voice is `S1`.")
        {
            OrNull = true, MaxLength = RequestLimits.WordLength,
        },
        new("audio_prompt", FieldType.Text, "The id of the audio prompt that the voice continues. The prompt can be uploaded later.")
        {
            OrNull = true, MaxLength = RequestLimits.PromptIdLength,
        },
        new("audio_prompt_transcript", FieldType.Text, "The text of the audio prompt. The default is the prompt's own transcript.")
        {
            OrNull = true, MaxLength = RequestLimits.StringLength,
        },
    ];

    private static readonly Field NewId = new("voice_id", FieldType.Text, "1 character or more, no control characters.")
    {
        Required = true, MaxLength = RequestLimits.VoiceIdLength,
    };

    private static readonly Field IgnoredId = new("voice_id", FieldType.Text, "Ignored: the id in the path is used.") { OrNull = true };

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/voices", "List voices", "All voices, in the order of their creation. A new server has none.")
        {
            Answers = [Answers.Ok("The voices.", VoiceView.FromList([Anna], ""))],
        },
        new("GET", "/voice_mappings", "Show the settings of all voices", "An object by voice id.")
        {
            Answers = [Answers.OkById("The settings.", VoiceView.ById([Anna]))],
        },
        new("POST", "/voice_mappings", "Create a voice", "An existing voice with this id is replaced and keeps its place in the list.")
        {
            Body = new([NewId, .. Settings], NewExample),
            Answers =
            [
                Answers.Ok("Created.", VoiceView.Created(Anna.Id, Anna.Settings)),
                Answers.Problem(400, "voice_id is required"),
                Answers.Problem(409, "There are 10000 voices, which is the limit: delete some, or raise MaxVoices"),
                Answers.Invalid("body", "voice_id"),
            ],
        },
        new("PUT", "/voice_mappings/{voice_id}", "Change a voice", "Fields that are null or absent are not changed.")
        {
            Ids = [Id],
            Body = new([IgnoredId, .. Settings], """{"style":"calm"}"""),
            Answers =
            [
                Answers.Ok("Changed.", VoiceView.Updated(Anna.Id, Anna.Settings with { Style = "calm" })),
                Unknown,
                Answers.Invalid("body", "style", "string_type", "Input should be a valid string"),
            ],
        },
        new("DELETE", "/voice_mappings/{voice_id}", "Delete a voice", "Its audio prompt is kept.")
        {
            Ids = [Id],
            Answers = [Answers.Message("Deleted.", "Voice 'anna' deleted successfully"), Unknown],
        },
        .. Downloads.Of(
            new(
                "GET",
                "/preview/{voice_id}",
                "Get a preview of a voice",
                "A sentence and a question in that voice, cached until the voice changes.")
            {
                Ids = [Id],
                Answers =
                [
                    Answers.Audio("The preview. `X-Seed` is the seed that was used.", "audio/wav"),
                    Answers.Problem(404, "Voice not found"),
                    Answers.Problem(500, "Preview generation failed: the worker does not answer"),
                ],
            }),
    ];
}
