using DiaOrleans.Server.Api.Jobs;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations that generate speech.</summary>
internal static class SpeechOperations
{
    public const string Area = "Speech";

    private static readonly object Queued = JobView.Accepted(new Guid("0b6f0f0e-6a2c-4f7e-9d55-0a9b1c5d7e21"));

    private const string DialogueExample =
        """
        {
          "text":"[S1] Have you seen my hat? [S2] You are wearing it. (laughs)",
          "voice_id":"anna","response_format":"wav","speed":1.0,"seed":42
        }
        """;

    private const string OpenAiExample =
        """{"model":"dia","input":"Good morning. The kettle is on.","voice":"anna","response_format":"mp3"}""";

    private static readonly Field Text = new("text", FieldType.Text, "The text to speak.")
    {
        Required = true, MaxLength = RequestLimits.TextLength,
    };

    private static readonly Field Voice = new("voice_id", FieldType.Text, "The id of a voice.")
    {
        Required = true,
    };

    private static readonly Field Format = new(
        "response_format",
        FieldType.Text,
        "Container and codec, in any case; those that the server cannot encode are not listed. `pcm` is 16-bit mono without a header; "
        + "`ogg` is accepted for `opus`.")
    {
        Default = "\"wav\"", Values = RequestLimits.FormatNames,
    };

    private static readonly Field Speed = new("speed", FieldType.Number, "Factor of the speed; the pitch stays the same.")
    {
        Default = "1.0", Range = RequestLimits.Speed,
    };

    private static readonly Field Seed = new(
        "seed",
        FieldType.Integer,
        "The same seed, text, voice and parameters give the same bytes. null and -1 are a random seed.") { OrNull = true };

    private static readonly Field SampleRate = new(
        "sample_rate",
        FieldType.Integer,
        "Hz; the default is 44100, and 24000 for `pcm`. `opus` is always encoded at 48000.")
    {
        OrNull = true, Range = RequestLimits.SampleRate,
    };

    private static readonly Field Stream = new(
        "stream",
        FieldType.Boolean,
        "Send the audio while it is generated. The container does not tell its length.") { Default = "false" };

    private static readonly Field NormalizeText = new(
        "normalize_text",
        FieldType.Boolean,
        "Speak the words of a text that another program produced: without Markdown, HTML, emoji and invisible characters, with pauses as "
        + "silence. `processed_text` of the job or log entry shows the result. The default is that of the server, else true.")
    {
        OrNull = true,
    };

    private static readonly Field[] Sampling =
    [
        new("temperature", FieldType.Number, "Sampling temperature. The default is that of the server or the model, else 1.2.")
        {
            OrNull = true, Range = RequestLimits.Temperature,
        },
        new(
            "cfg_scale",
            FieldType.Number,
            "Guidance s in cond + s · (cond − uncond). The default is that of the server or the model, else 3.0.")
        {
            OrNull = true, Range = RequestLimits.CfgScale,
        },
        new(
            "top_p",
            FieldType.Number,
            "Probability mass of nucleus sampling. The default, also for 0, is that of the server or the model, else 0.95.")
        {
            OrNull = true, Range = RequestLimits.TopP,
        },
        new(
            "max_tokens",
            FieldType.Integer,
            "The most new audio frames of the whole request. The default depends on the length of the text.")
        {
            OrNull = true, Range = RequestLimits.MaxTokens,
        },
    ];

    private static readonly Body GenerateBody = new(
        [
            Text,
            Voice,
            Format,
            Speed,
            new("role", FieldType.Text, "`user`, `assistant` or `system`. It is recorded and has no effect.")
            {
                OrNull = true, MaxLength = RequestLimits.RoleLength,
            },
            .. Sampling,
            new("use_torch_compile", FieldType.Boolean, "It is recorded and has no effect.") { OrNull = true },
            Seed,
            SampleRate,
            Stream,
            NormalizeText,
        ],
        DialogueExample);

    private static readonly Body OpenAiBody = new(
        [
            new("input", FieldType.Text, "The text to speak.") { MaxLength = RequestLimits.TextLength },
            new("voice", FieldType.Text, "The id of a voice, or an object `{\"id\": …}`.")
            {
                OrObject = true,
            },
            new("model", FieldType.Text, "Any name; ignored.") { Default = "\"dia\"", MaxLength = RequestLimits.IgnoredLength },
            Format,
            Speed,
            Seed,
            SampleRate,
            NormalizeText,
            new("instructions", FieldType.Text, "Ignored.") { MaxLength = RequestLimits.IgnoredLength },
            Stream,
            new("stream_format", FieldType.Text, "`audio` sends bytes, `sse` sends server-sent events with base64 audio.")
            {
                Values = RequestLimits.StreamFormats,
            },
        ],
        OpenAiExample,
        Required: false);

    public static IReadOnlyList<Operation> All => [Generate, OpenAi, Legacy, LegacySpeakers];

    private static Operation Generate => new(
        "POST",
        "/generate",
        "Speak a text",
        "The answer is the audio or, if `async_mode` is true, the id of a job. `[S1]` and `[S2]` mark the speakers; a text without marks "
        + "is spoken by the voice's primary speaker. `[pause:1s]`, `[pause:500ms]` and `<break time=\"1s\"/>` are silence, 10 s at most "
        + "each. A text that is too long for one call of the model is split between turns, paragraphs and sentences, and the audio is "
        + "joined.")
    {
        Query = [new("async_mode", FieldType.Boolean, "Queue a job and answer with its id.") { Default = "false" }],
        Headers =
        [
            new("Idempotency-Key", FieldType.Text, "With `async_mode`: the same key with the same body gives the same job for an hour.")
            {
                MaxLength = RequestLimits.IdempotencyKeyLength,
            },
        ],
        Body = GenerateBody,
        Answers =
        [
            Answers.Audio(
                "The audio. `X-Seed` is the seed that was used. If `debug_mode` is on, `X-Generation-ID` is the id of its log entry. With "
                + "`async_mode`: the job's id, as JSON.",
                Answers.AudioTypes) with { Example = Queued },
            Answers.Problem(400, "Text cannot be empty"),
            Answers.Invalid("body", "text"),
            .. Answers.GenerationProblems,
        ],
    };

    private static Operation OpenAi => new(
        "POST",
        "/v1/audio/speech",
        "Speak a text, compatible with OpenAI's API",
        "If the request has no body, the fields are read from the query. With `stream`, or with any `stream_format`, the audio is sent "
        + "while it is generated.")
    {
        Body = OpenAiBody,
        Answers =
        [
            Answers.Audio("The audio, or events.", [.. Answers.AudioTypes, "text/event-stream"]),
            Answers.Problem(400, "Input text is required"),
            Answers.Invalid("body", "speed", "less_than_equal", $"Input should be less than or equal to {RequestLimits.Speed.Max}"),
            .. Answers.GenerationProblems,
        ],
    };

    private static Operation Legacy => new(
        "POST",
        "/api/tts/generate",
        "Speak a text (legacy)",
        "A WAV with the defaults of all parameters.")
    {
        Body = new([Text, Voice], """{"text":"Hello there.","voice_id":"anna"}"""),
        Answers =
        [
            Answers.Audio("The audio.", "audio/wav"),
            Answers.Problem(400, "Text cannot be empty"),
            Answers.Invalid("body", "text"),
            .. Answers.GenerationProblems,
        ],
    };

    private static Operation LegacySpeakers => new(
        "GET",
        "/api/tts/speakers",
        "List voice ids (legacy)",
        "An array of the ids of all voices.")
    {
        Answers = [Answers.Ok("The ids.", """["anna","bob"]""")],
    };
}
