namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>Recordings that voices continue, and their transcripts.</summary>
internal static class PromptOperations
{
    public const string Area = "Audio prompts";

    private const string Metadata =
        """{"prompt_id":"anna-prompt","file_path":"audio_prompts/anna-prompt.wav","duration":7.25,"sample_rate":44100,"transcript":"[S1] This is how I sound.","transcript_source":"whisper","hash":"9e107d9d372bb6826bd81d3542a419d6","discovered_at":"2026-11-24T08:30:00.250000Z"}""";

    private static readonly Field Id = new("prompt_id", FieldType.Text, "Id of an audio prompt.");

    private static readonly Answer Unknown = Answers.Problem(404, "Audio prompt 'anna-prompt' not found");

    public static IReadOnlyList<Operation> All =>
    [
        new("POST", "/audio_prompts/upload", "Upload a recording", "0.5 to 60 seconds of speech; 5 to 10 seconds are best. It is stored as a mono WAV at 44 100 Hz and, with `auto_transcribe`, transcribed in the background.")
        {
            Body = new(
                [
                    new("prompt_id", FieldType.Text, "Letters and digits of any script, marks, spaces and `_ - . ' ( )`; 128 characters at most.") { Required = true, MaxLength = 128 },
                    new("audio_file", FieldType.File, "wav, mp3, m4a, flac, ogg, aac, opus, webm and others, under any name; 25 MB at most.") { Required = true },
                ],
                IsForm: true),
            Answers =
            [
                Answers.Ok("Stored.", """{"message":"Audio prompt 'anna-prompt' uploaded successfully","duration":7.25,"sample_rate":44100,"original_sample_rate":48000,"channels":"mono"}"""),
                Answers.Problem(400, "Unsupported file format. Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac, .opus, .webm"),
                Answers.Problem(413, "Audio file too large (maximum 25 MB)"),
                Answers.Invalid("body", "audio_file"),
                Answers.Problem(500, "Error processing audio file: the disk is full"),
            ],
        },
        new("GET", "/audio_prompts", "List recordings", "An object by prompt id.")
        {
            Answers = [Answers.OkById("The recordings.", """{"anna-prompt":{"file_path":"audio_prompts/anna-prompt.wav","duration":7.25,"sample_rate":44100,"exists":true}}""")],
        },
        new("DELETE", "/audio_prompts/{prompt_id}", "Delete a recording", "Its transcript goes too. One that voices use is kept, and the answer is a warning that names them.")
        {
            Ids = [Id],
            Answers = [Answers.Ok("Deleted, or a warning.", """{"message":"Audio prompt 'anna-prompt' deleted successfully"}"""), Unknown],
        },
        new("GET", "/audio_prompts/metadata", "Show what is known of all recordings", "An object by prompt id.") { Answers = [Answers.OkById("The metadata.", $$"""{"anna-prompt":{{Metadata}}}""")] },
        new("GET", "/audio_prompts/metadata/{prompt_id}", "Show what is known of a recording", "Length, transcript and where that came from, hash.") { Ids = [Id], Answers = [Answers.Ok("The metadata.", Metadata), Unknown] },
        new("POST", "/audio_prompts/discover", "Look for recordings in the data folder", "Registers the files of `audio_prompts`, and transcribes those that have no transcript. It makes no voices.")
        {
            Body = new([new("force_retranscribe", FieldType.Boolean, "Transcribe again what has a transcript in a file.") { Default = "false" }], """{"force_retranscribe":false}""", Required: false),
            Answers = [Answers.Ok("What was found.", $$"""{"message":"Discovered 1 audio prompts","total_prompts":1,"discovered":[{{Metadata}}]}"""), Answers.Invalid("body", "force_retranscribe", "bool_parsing", "Input should be a valid boolean, unable to interpret input")],
        },
        new("POST", "/audio_prompts/{prompt_id}/transcribe", "Transcribe a recording", "By Whisper, whatever `auto_transcribe` says. Voices are not changed.")
        {
            Ids = [Id],
            Answers =
            [
                Answers.Ok("The transcript.", """{"prompt_id":"anna-prompt","transcript":"This is how I sound.","saved_to":"audio_prompts/anna-prompt.txt"}"""),
                Unknown,
                Answers.Problem(500, "Transcription failed"),
                Answers.Problem(503, "Whisper is not installed"),
            ],
        },
        new("PUT", "/audio_prompts/{prompt_id}/transcript", "Set a transcript", "Voices that use the recording get it too.")
        {
            Ids = [Id],
            Body = new(
                [
                    new("transcript", FieldType.Text, "What is said in the recording.") { Required = true, MaxLength = 65_536 },
                    new("prompt_id", FieldType.Text, "Ignored: the path says which recording.") { OrNull = true },
                ],
                """{"transcript":"[S1] This is how I sound."}"""),
            Answers = [Answers.Ok("Stored.", """{"message":"Transcript updated successfully","prompt_id":"anna-prompt","updated_voices":["anna"]}"""), Unknown, Answers.Invalid("body", "transcript")],
        },
        new("GET", "/whisper/status", "Show whether recordings can be transcribed", "Whether Whisper is there, its model is loaded, and which one.")
        {
            Answers = [Answers.Ok("The status.", """{"available":true,"model_loaded":false,"model_size":"base","auto_transcribe":true}""")],
        },
        new("POST", "/whisper/load", "Load Whisper's model", "Otherwise it is loaded when it is first needed.")
        {
            Answers = [Answers.Ok("Loaded.", """{"message":"Whisper model loaded successfully"}"""), Answers.Problem(500, "Failed to load Whisper model"), Answers.Problem(503, "Whisper is not installed")],
        },
    ];
}
