using DiaOrleans.Server.Api.Status;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on the server, its models and its devices.</summary>
internal static class StatusOperations
{
    public const string Area = "System";

    private static IReadOnlyList<Answer> ReadyAnswers { get; } =
    [
        Answers.Ok("The server is ready.", """{"status":"ready"}"""),
        new(503, "The server is not ready, and why.", """{"status":"not ready","reason":"draining"}"""),
    ];

    public static IReadOnlyList<Operation> All => [.. OnServer, .. OnModels, .. OnMachine];

    private static IReadOnlyList<Operation> OnServer =>
    [
        new(
            "GET",
            "/",
            "Show that the server runs",
            "If `Accept` contains `text/html`, with a quality that is not lower than that of JSON, the answer is the web page.")
        {
            Answers =
            [
                Answers.Ok("The server runs.", """{"message":"Dia TTS Server is running","status":"healthy"}""") with
                {
                    MediaTypes = ["text/html"],
                },
            ],
        },
        new("HEAD", "/", "Show that the server runs, without a body", "For probes.") { Answers = [new(200, "The server runs.")] },
        new(
            "GET",
            "/health",
            "Show the server's health",
            "Answers quickly under any load. `model_loaded` is true if any worker has loaded its model.")
        {
            Answers =
            [
                Answers.Ok(
                    "The server is healthy.",
                    HealthEndpoints.Format(isLoaded: true, DateTimeOffset.FromUnixTimeMilliseconds(1_795_509_000_250))),
            ],
        },
        new("HEAD", "/health", "Show the server's health, without a body", "For probes.")
        {
            Answers = [new(200, "The server is healthy.")],
        },
        new(
            "GET",
            "/health/startup",
            "Show whether the server has started",
            "For probes: 200 from the first time on that `/health/ready` would be 200.")
        {
            Answers = ReadyAnswers,
        },
        new(
            "GET",
            "/health/ready",
            "Show whether the server takes requests",
            "For probes and load balancers. The server is ready if it is a member of its cluster, its storage answers within two seconds, "
            + "its model is loaded or asleep, its engine makes steps while it has work, and it was not told to stop.")
        {
            Answers = ReadyAnswers,
        },
    ];

    private static IReadOnlyList<Operation> OnModels =>
    [
        new("GET", "/models", "List models", "Under /v1 this route has the shape of OpenAI's API: see `/v1/models`.")
        {
            Answers = [Answers.Ok("The models.", ListingEndpoints.Models)],
        },
        new("GET", "/v1/models", "List models, compatible with OpenAI's API", "For OpenAI clients.")
        {
            Answers = [Answers.Ok("The models.", ListingEndpoints.OpenAiModels)],
        },
        new("GET", "/v1/models/{model_id}", "Show a model, compatible with OpenAI's API", "For OpenAI clients.")
        {
            Ids = [new("model_id", FieldType.Text, "`dia`.")],
            Answers = [Answers.Ok("The model.", ListingEndpoints.OpenAiModel), Answers.Problem(404, "Model 'tts-1' not found")],
        },
        new(
            "GET",
            "/v1/audio/models",
            "List speech models",
            "For clients such as Open WebUI: the formats that this server can make, and the longest text. No API key is needed.")
        {
            Answers = [Answers.Ok("The models.", ListingEndpoints.AudioModels)],
        },
        new("GET", "/v1/audio/voices", "List voices for OpenAI clients", "For clients such as Open WebUI. No API key is needed.")
        {
            Answers = [Answers.Ok("The voices.", ListingEndpoints.FormatVoices(["anna"]))],
        },
    ];

    private static IReadOnlyList<Operation> OnMachine =>
    [
        new(
            "GET",
            "/gpu/status",
            "Show the GPUs",
            "The GPUs that the server can use, those that have a model, and their memory in GiB. Without a GPU the count is 0 and "
            + "`gpu_memory` is absent.")
        {
            Answers = [Answers.Ok("The GPUs.", GpuEndpoint.Format([JobOperations.Silo], "auto"))],
        },
        new(
            "GET",
            "/metrics",
            "Show metrics for Prometheus",
            "For readers on the server's machine whose requests come through no proxy. If the setting `PublicMetrics` is on, others can "
            + "read them too, with the API key if the server has one.")
        {
            Answers =
            [
                new(200, "The metrics.") { MediaTypes = ["text/plain"] },
                Answers.Problem(403, "Metrics are for readers on this machine: set PublicMetrics to serve them to others"),
            ],
        },
        new(
            "POST",
            "/cleanup",
            "Remove expired data",
            "Saved outputs older than `output_retention_hours` with their log entries, and jobs that finished over an hour ago. The server "
            + "does the same every hour.")
        {
            Answers = [Answers.Message("Removed.", "Cleanup completed")],
        },
    ];
}
