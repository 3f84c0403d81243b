using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Server.Api.Jobs;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi.Areas;

/// <summary>The operations on jobs in the background.</summary>
internal static class JobOperations
{
    public const string Area = "Jobs";

    private static readonly DateTimeOffset Accepted = new(2026, 11, 24, 8, 30, 0, 250, TimeSpan.Zero);

    private static readonly Job Job = new()
    {
        Id = new Guid("0b6f0f0e-6a2c-4f7e-9d55-0a9b1c5d7e21"),
        Request = new SpeechRequest { Text = "**Hello** there 👋", VoiceId = "anna", Speed = 1, Seed = 42, Format = "wav" },
        Status = SpeechStatus.Completed,
        CreatedAt = Accepted,
        StartedAt = Accepted.AddMilliseconds(50),
        CompletedAt = Accepted.AddMilliseconds(3550),
        ProcessedText = "[S1] Hello there [S1]",
        AudioPromptUsed = true,
        Result = new JobResult("job_results/0b6f0f0e-6a2c-4f7e-9d55-0a9b1c5d7e21-1.wav", 150444),
        WorkerId = "worker_1",
        SeedUsed = 42,
        PartDone = 1,
        EtaSeconds = 0,
    };

    /// <summary>The silo of the examples, with one worker.</summary>
    public static readonly SiloReport Silo = new()
    {
        Silo = "local",
        Workers =
        [
            new WorkerStatus
            {
                Key = "local/0", Number = 1, Device = "cpu", State = WorkerState.Ready, Busy = true,
                Slots = 4,
                Active = 2,
                BacklogSeconds = 3.2,
                Model = new ModelFacts
                {
                    Name = "dia-nano", Precision = "int8", CodecFingerprint = "", FrameRate = 50, SampleRate = 16000,
                    MaxTextIds = 1024,
                    MaxTextBytes = 170,
                    MaxNewFrames = 1700,
                    Guidance = 3,
                    Temperature = 1.2,
                    TopP = 0.95,
                },
            },
        ],
    };

    private static readonly Field Id = new("job_id", FieldType.Text, "The id of a job.");

    private static readonly Answer Unknown = Answers.Problem(404, $"Job '{Job.Id}' not found");

    public static IReadOnlyList<Operation> All =>
    [
        new("GET", "/jobs", "List jobs", "Newest first, if `order` is not sent. Finished jobs are kept for an hour.")
        {
            Query =
            [
                new("status", FieldType.Text, "Only jobs in this state.") { Values = RequestLimits.JobStates },
                new("limit", FieldType.Integer, "The most jobs to list.")
                {
                    Default = $"{RequestLimits.DefaultListLength}", Range = RequestLimits.ListLength,
                },
                new("offset", FieldType.Integer, "The number of jobs to leave out before the list.")
                {
                    Default = "0", Range = RequestLimits.ListOffset,
                },
                new("order", FieldType.Text, "`queue`: running jobs, then waiting ones as they will run, then the others, newest first.")
                {
                    Values = RequestLimits.JobOrders,
                },
            ],
            Answers =
            [
                Answers.Ok(
                    "The jobs; `total` counts all, `filtered` those listed, `counts` those of each state.",
                    JobView.FromPage(new([Job], 1, new(0, 0, 1, 0, 0)))),
                Answers.Invalid(
                    "query",
                    "status",
                    "enum",
                    "Input should be 'pending', 'processing', 'completed', 'failed' or 'cancelled'"),
            ],
        },
        new(
            "GET",
            "/jobs/{job_id}",
            "Show a job",
            "Parameters are shown as they were sent. The states are pending, processing, and then completed or failed; a job that has not "
            + "finished can be cancelled.")
        {
            Ids = [Id],
            Answers = [Answers.Ok("The job.", JobView.FromJob(Job)), Unknown],
        },
        new(
            "GET",
            "/jobs/{job_id}/events",
            "Follow a job",
            "Server-sent events, each with `event: status`, a growing `id` and the job in `data`: the state at once, then each change "
            + "and the progress, twice a second at most. The final status ends them. A client whose connection breaks goes on with "
            + "the header `Last-Event-ID`, also after a restart of the server.")
        {
            Ids = [Id],
            Answers = [Answers.Audio("The events.", "text/event-stream"), Unknown],
        },
        .. Downloads.Of(
            new("GET", "/jobs/{job_id}/result", "Get a job's audio", "The same bytes as those of the same request without `async_mode`.")
            {
                Ids = [Id],
                Answers =
                [
                    Answers.Audio("The audio, in the requested format. `X-Seed` is the seed that was used.", Answers.AudioTypes),
                    Answers.Problem(404, "Job result not found or expired"),
                    Answers.Problem(425, "Job not completed (status: pending)"),
                    Answers.Problem(500, "Job failed: Voice 'alan' not found. Available voices: ['anna', 'bob']"),
                ],
            }),
        new("DELETE", "/jobs/{job_id}", "Cancel a job", "A running job stops at once.")
        {
            Ids = [Id],
            Answers =
            [
                Answers.Message("Cancelled.", $"Job '{Job.Id}' cancelled"),
                Answers.Problem(400, "Cannot cancel job with status: completed"),
                Unknown,
            ],
        },
        new("DELETE", "/jobs", "Remove finished jobs", "Removes completed, failed and cancelled jobs with their results.")
        {
            Answers = [Answers.Message("Removed.", "Cleared 3 completed jobs")],
        },
        new("GET", "/queue/stats", "Show the queue", "The number of jobs by state, the workers, and the memory pressure of each GPU.")
        {
            Answers = [Answers.Ok("The counts.", QueueStatsEndpoint.Format(new(2, 2, 5, 0, 0), [Silo], maxWorkers: null))],
        },
    ];
}
