namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>Making speech: our own route, OpenAI's, and the older one.</summary>
internal static class SpeechOperations
{
    public const string Area = "Speech";

    private static readonly Field Format = new("response_format", FieldType.Text, "Container and codec, in any case. `pcm` is headerless 16-bit mono. A format whose encoder is missing in a deployment is refused.")
    {
        Default = "\"wav\"", Values = ["wav", "mp3", "opus", "aac", "flac", "pcm"],
    };

    private static readonly Field Speed = new("speed", FieldType.Number, "How fast it is spoken; the pitch stays.") { Default = "1.0", Min = 0.25, Max = 4 };

    private static readonly Field Seed = new("seed", FieldType.Integer, "The same seed, text, voice and parameters give the same bytes, at any load. null or -1 draws one.") { OrNull = true };

    private static readonly Field SampleRate = new("sample_rate", FieldType.Integer, "Hz; 44100 where left out, 24000 for `pcm`. `opus` is always encoded at 48000.") { OrNull = true, Min = 8000, Max = 48000 };

    public static IReadOnlyList<Operation> All =>
    [
        new("POST", "/generate", "Speak a text",
            "Answers with the audio, or at once with a job where `async_mode` is true. Speakers are marked `[S1]` and `[S2]`; a text without marks is spoken by the voice's primary speaker. "
            + "Text that is too long for one call of the model is cut at turns and sentences and joined again.")
        {
            Query = [new("async_mode", FieldType.Boolean, "Queue a job and answer with its id.") { Default = "false" }],
            Headers = [new("Idempotency-Key", FieldType.Text, "With `async_mode`: the same key with the same body within an hour gives the same job.") { MaxLength = 255 }],
            Body = new(
                [
                    new("text", FieldType.Text, "The script.") { Required = true, MaxLength = 4096 },
                    new("voice_id", FieldType.Text, "Id of a voice.") { Required = true, MaxLength = 4096 },
                    Format,
                    Speed,
                    new("role", FieldType.Text, "`user`, `assistant` or `system`. Recorded, without effect.") { OrNull = true, MaxLength = 4096 },
                    new("temperature", FieldType.Number, "Sampling temperature; 1.2 unless the server or the model says otherwise.") { OrNull = true, Min = 0.1, Max = 2 },
                    new("cfg_scale", FieldType.Number, "Guidance s in cond + s · (cond − uncond); 3.0 unless the server or the model says otherwise.") { OrNull = true, Min = 1, Max = 10 },
                    new("top_p", FieldType.Number, "Nucleus mass; 0.95 unless the server or the model says otherwise. 0 means unset.") { OrNull = true, Min = 0, Max = 1 },
                    new("max_tokens", FieldType.Integer, "The most new audio frames of the whole request; by the text's length where left out.") { OrNull = true, Min = 100, Max = 10000 },
                    new("use_torch_compile", FieldType.Boolean, "Recorded, without effect.") { OrNull = true, MaxLength = 4096 },
                    Seed,
                    SampleRate,
                ],
                """{"text":"[S1] Have you seen my hat? [S2] You are wearing it. (laughs)","voice_id":"anna","response_format":"wav","speed":1.0,"seed":42}"""),
            Answers =
            [
                Answers.Audio("The audio. `X-Generation-ID` names its log entry while `debug_mode` is on. With `async_mode` the answer is JSON: the job's id.", Answers.AudioTypes) with
                {
                    Example = """{"job_id":"0b6f0f0e-6a2c-4f7e-9d55-0a9b1c5d7e21","status":"pending","message":"Job queued for processing"}""",
                },
                Answers.Problem(400, "Text cannot be empty"),
                Answers.Invalid("body", "text"),
                .. Answers.OfGeneration,
            ],
        },
        new("POST", "/v1/audio/speech", "Speak a text, as OpenAI's API does it",
            "For OpenAI clients. Where no body is sent, the same names are read from the query. With `stream`, or `stream_format` given at all, the audio is sent while it is made.")
        {
            Body = new(
                [
                    new("input", FieldType.Text, "The script.") { MaxLength = 4096 },
                    new("voice", FieldType.Text, "Id of a voice, or an object `{\"id\": …}`.") { OrObject = true, MaxLength = 4096 },
                    new("model", FieldType.Text, "Any name; ignored.") { Default = "\"dia\"", MaxLength = 4096 },
                    Format,
                    Speed,
                    Seed,
                    SampleRate,
                    new("instructions", FieldType.Text, "Ignored.") { MaxLength = 4096 },
                    new("stream", FieldType.Boolean, "Send the audio while it is made.") { Default = "false" },
                    new("stream_format", FieldType.Text, "`audio` sends bytes, `sse` server-sent events with base64 audio.") { Values = ["audio", "sse"] },
                ],
                """{"model":"dia","input":"Good morning. The kettle is on.","voice":"anna","response_format":"mp3"}""",
                Required: false),
            Answers =
            [
                Answers.Audio("The audio, or events.", [.. Answers.AudioTypes, "text/event-stream"]),
                Answers.Problem(400, "Input text is required"),
                Answers.Invalid("body", "speed", "less_than_equal", "Input should be less than or equal to 4"),
                .. Answers.OfGeneration,
            ],
        },
        new("POST", "/api/tts/generate", "Speak a text (legacy)", "The older route: a WAV with all parameters at their defaults.")
        {
            Body = new(
                [
                    new("text", FieldType.Text, "The script.") { Required = true, MaxLength = 4096 },
                    new("voice_id", FieldType.Text, "Id of a voice.") { Required = true, MaxLength = 4096 },
                ],
                """{"text":"Hello there.","voice_id":"anna"}"""),
            Answers = [Answers.Audio("The audio.", "audio/wav"), Answers.Problem(400, "Text cannot be empty"), Answers.Invalid("body", "text"), .. Answers.OfGeneration],
        },
        new("GET", "/api/tts/speakers", "List voice ids (legacy)", "A bare array of the ids of all voices.") { Answers = [Answers.Ok("The ids.", """["anna","bob"]""")] },
    ];
}
