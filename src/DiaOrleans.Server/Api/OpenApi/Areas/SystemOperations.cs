namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The server itself, its models and devices.</summary>
internal static class SystemOperations
{
    public const string Area = "System";

    private const string OpenAiModel = """{"id":"dia","object":"model","created":1745193600,"owned_by":"nari-labs"}""";

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/", "Say that the server runs", "Where `Accept` names `text/html`, as browsers do, and likes it no less than JSON, the answer is the web page.")
        {
            Answers = [Answers.Ok("It runs.", """{"message":"Dia TTS Server is running","status":"healthy"}""") with { MediaTypes = ["text/html"] }],
        },
        new("HEAD", "/", "Say that the server runs, without a body", "For probes.") { Answers = [new(200, "It runs.")] },
        new("GET", "/health", "Show the server's health", "Answers at once under any load. `model_loaded` is true when any worker has its model.")
        {
            Answers = [Answers.Ok("It is healthy.", """{"status":"healthy","model_loaded":true,"timestamp":1795509000.25}""")],
        },
        new("HEAD", "/health", "Show the server's health, without a body", "For probes.") { Answers = [new(200, "It is healthy.")] },
        new("GET", "/models", "List models", "Under /v1 this route has OpenAI's shape: see `/v1/models`.")
        {
            Answers = [Answers.Ok("The models.", """{"models":[{"id":"dia","name":"Dia TTS","description":"Text-to-speech for dialogue."}]}""")],
        },
        new("GET", "/v1/models", "List models, as OpenAI's API does it", "For OpenAI clients.") { Answers = [Answers.Ok("The models.", $$"""{"object":"list","data":[{{OpenAiModel}}]}""")] },
        new("GET", "/v1/models/{model_id}", "Show a model, as OpenAI's API does it", "For OpenAI clients.")
        {
            Ids = [new("model_id", FieldType.Text, "`dia`.")], Answers = [Answers.Ok("The model.", OpenAiModel), Answers.Problem(404, "Model 'tts-1' not found")],
        },
        new("GET", "/v1/audio/models", "List speech models", "For clients such as Open WebUI. No key is needed.") { Answers = [Answers.Ok("The models.", """{"models":[{"id":"dia"}]}""")] },
        new("GET", "/v1/audio/voices", "List voices as OpenAI clients expect them", "For clients such as Open WebUI. No key is needed.") { Answers = [Answers.Ok("The voices.", """{"voices":[{"id":"anna","name":"anna"}]}""")] },
        new("GET", "/gpu/status", "Show the GPUs", "Those that the server may use, which hold a model, and their memory in GiB. Without a GPU the count is 0 and there is no `gpu_memory`.")
        {
            Answers = [Answers.Ok("The GPUs.", """{"gpu_mode":"auto","gpu_count":0,"allowed_gpus":[],"use_multi_gpu":false,"models_loaded":{"single_model":true}}""")],
        },
        new("GET", "/metrics", "Show metrics for Prometheus",
            "For readers on this machine that come through no proxy. With the setting `PublicMetrics` also for others, who need the API key if there is one.")
        {
            Answers =
            [
                new(200, "The metrics.") { MediaTypes = ["text/plain"] },
                Answers.Problem(403, "Metrics are for readers on this machine: set PublicMetrics to serve them to others"),
            ],
        },
        new("POST", "/cleanup", "Remove what is too old", "Saved outputs older than `output_retention_hours` with their log entries, and jobs that ended over an hour ago. The server does the same each hour.")
        {
            Answers = [Answers.Ok("Done.", """{"message":"Cleanup completed"}""")],
        },
    ];
}
