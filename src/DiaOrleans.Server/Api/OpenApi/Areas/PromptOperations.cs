using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Server.Api.Prompts;
using DiaOrleans.Server.Api.Recognition;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on audio prompts and their transcripts.</summary>
internal static class PromptOperations
{
    public const string Area = "Audio prompts";

    private const string Words = "[S1] This is how I sound.";

    private static readonly AudioPrompt Prompt = new()
    {
        Id = "anna-prompt",
        Recording = new PromptRecording("audio_prompts/anna-prompt.wav", 7.25, 44100, "9e107d9d372bb6826bd81d3542a419d6"),
        Transcript = new PromptTranscript(Words, "manual", []),
        DiscoveredAt = new DateTimeOffset(2026, 11, 24, 8, 30, 0, 250, TimeSpan.Zero),
    };

    private static readonly Field Id = new("prompt_id", FieldType.Text, "The id of an audio prompt.");

    private static readonly Answer Unknown = Answers.Problem(404, "Audio prompt 'anna-prompt' not found");

    private static readonly Answer NoWhisper = Answers.Problem(503, "There is no Whisper model base here, and downloads are off.");

    private static readonly Body Upload = new(
        [
            new(
                "prompt_id",
                FieldType.Text,
                "Letters and digits of any script, marks, spaces and `_ - . ' ( )`; no space or dot at the ends.")
            {
                Required = true, MaxLength = RequestLimits.PromptIdLength,
            },
            new(
                "audio_file",
                FieldType.File,
                $"wav, mp3, m4a, flac, ogg, aac, opus, webm and others; {RequestLimits.UploadBytes >> 20} MB at most.")
            {
                Required = true,
            },
        ],
        IsForm: true);

    private static readonly Body Discovery = new(
        [
            new("force_retranscribe", FieldType.Boolean, "Transcribe recordings again that have a transcript in a file.")
            {
                Default = "false",
            },
        ],
        """{"force_retranscribe":false}""",
        Required: false);

    private static readonly Body Transcript = new(
        [
            new("transcript", FieldType.Text, "The text of the recording.") { Required = true, MaxLength = RequestLimits.StringLength },
            new("prompt_id", FieldType.Text, "Ignored: the id in the path is used.") { OrNull = true },
        ],
        $$"""{"transcript":"{{Words}}"}""");

    public static IReadOnlyList<Operation> All => [.. OnRecordings, .. OnTranscripts];

    private static IReadOnlyList<Operation> OnRecordings =>
    [
        new(
            "POST",
            "/audio_prompts/upload",
            "Upload a recording",
            "0.5 to 60 seconds of speech; 5 to 10 seconds are best. It is stored as a mono WAV at 44 100 Hz and, if `auto_transcribe` "
            + "is on, transcribed in the background.")
        {
            Body = Upload,
            Answers =
            [
                Answers.Ok("Stored.", PromptView.FromUpload(Prompt.Id, new(7.25, 44100, 48000))),
                Answers.Problem(400, "Unsupported file format. Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac, .opus, .webm"),
                Answers.Problem(409, "There are 10000 audio prompts, which is the limit: delete some, or raise MaxPrompts"),
                Answers.Problem(413, $"Audio file too large (maximum {RequestLimits.UploadBytes >> 20} MB)"),
                Answers.Invalid("body", "audio_file"),
                Answers.Problem(500, "Error processing audio file: it could not be stored"),
            ],
        },
        new("GET", "/audio_prompts", "List recordings", "An object by prompt id.")
        {
            Answers = [Answers.OkById("The recordings.", PromptView.ById([new InspectedPrompt(Prompt, true, 7.25, 44100, Error: null)]))],
        },
        new(
            "DELETE",
            "/audio_prompts/{prompt_id}",
            "Delete a recording",
            "Its transcript is deleted too. A recording that voices use is kept, and the answer is a warning that names the voices.")
        {
            Ids = [Id],
            Answers = [Answers.Message("Deleted, or a warning.", "Audio prompt 'anna-prompt' deleted successfully"), Unknown],
        },
        .. Downloads.Of(
            new("GET", "/audio_prompts/{prompt_id}/audio", "Get the sound of a recording", "The stored WAV.")
            {
                Ids = [Id],
                Answers = [Answers.Audio("The recording.", "audio/wav"), Unknown],
            }),
        new("GET", "/audio_prompts/metadata", "Show the metadata of all recordings", "An object by prompt id.")
        {
            Answers = [Answers.OkById("The metadata.", PromptView.ById([Prompt]))],
        },
        new(
            "GET",
            "/audio_prompts/metadata/{prompt_id}",
            "Show the metadata of a recording",
            "Its length, transcript, source of the transcript and hash.")
        {
            Ids = [Id],
            Answers = [Answers.Ok("The metadata.", PromptView.FromMetadata(Prompt)), Unknown],
        },
        new(
            "POST",
            "/audio_prompts/discover",
            "Look for recordings in the data folder",
            "Registers the files of `audio_prompts`, and transcribes those that have no transcript. It creates no voices.")
        {
            Body = Discovery,
            Answers =
            [
                Answers.Ok("The recordings found.", PromptView.FromDiscovery([Prompt], 1)),
                Answers.Invalid("body", "force_retranscribe", "bool_parsing", "Input should be a valid boolean, unable to interpret input"),
            ],
        },
    ];

    private static IReadOnlyList<Operation> OnTranscripts =>
    [
        new(
            "POST",
            "/audio_prompts/{prompt_id}/transcribe",
            "Transcribe a recording",
            "Uses Whisper, even if `auto_transcribe` is off. Voices are not changed.")
        {
            Ids = [Id],
            Answers =
            [
                Answers.Ok("The transcript.", PromptView.FromTranscription(Prompt.Id, "This is how I sound.")),
                Unknown,
                Answers.Problem(500, "Transcription failed"),
                NoWhisper,
            ],
        },
        new("PUT", "/audio_prompts/{prompt_id}/transcript", "Set a transcript", "Voices that use the recording get it too.")
        {
            Ids = [Id],
            Body = Transcript,
            Answers =
            [
                Answers.Ok("Stored.", PromptView.FromTranscript(Prompt.Id, ["anna"])),
                Unknown,
                Answers.Invalid("body", "transcript"),
            ],
        },
        new(
            "GET",
            "/whisper/status",
            "Show the state of Whisper",
            "Whether Whisper is available, whether its model is loaded, and the model's size, in the whole cluster; `message` says it in "
                + "sentences, which name the silos if there are several.")
        {
            Answers =
            [
                Answers.Ok(
                    "The status.",
                    RecognitionEndpoints.Format(
                        new RecognizerStatus(
                            Available: true,
                            AvailableUnasked: true,
                            OnDisk: true,
                            ModelLoaded: false,
                            "The Whisper model base is on disk."),
                        new ServerConfiguration())),
            ],
        },
        new("POST", "/whisper/load", "Load Whisper's model", "Without this request it is loaded when it is first needed.")
        {
            Answers =
            [
                Answers.Message("Loaded.", "Whisper model loaded successfully"),
                Answers.Problem(500, "Failed to load Whisper model"),
                NoWhisper,
            ],
        },
    ];
}
