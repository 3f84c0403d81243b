using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Catalog;
using DiaOrleans.Grains.Jobs.Keys;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Queue;
using DiaOrleans.Grains.Jobs.Segments;
using DiaOrleans.Grains.Jobs.Upgrade;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Tests.Jobs.Life;

/// <summary>
/// Payloads that releases have stored. They are never edited: a change of a shape needs a new version, which still reads them.
/// </summary>
public sealed class StoredJobsTests
{
    private static readonly string Facts =
        """
        "job":{"id":"ec7c256b-3798-4c7c-8f14-f781530ac723","request":{"text":"Hi.","voiceId":"anna","format":"mp3","speed":1.5,
        "role":"user","temperature":0.5,"cfgScale":2.5,"topP":0.75,"maxTokens":500,"useTorchCompile":true,"seed":-1,"sampleRate":24000,
        "streamed":false},"status":2,"createdAt":"2026-11-25T01:09:02.1112512+00:00","startedAt":"2026-11-25T01:09:03+00:00",
        "completedAt":"2026-11-25T01:09:04.5+00:00","processedText":"[S1] Hi. [S1]","audioPromptUsed":true,"result":{
        "key":"job_results/ec7c256b-3798-4c7c-8f14-f781530ac723-4.mp3","size":1234},"error":null,"workerId":"worker_1"}
        """.ReplaceLineEndings("");

    private static readonly string Job1 =
        """{"type":"dia.job","version":1,"state":{"record":{""" + Facts + ""","drawnSeed":802869131,"token":4,"starts":2}}}""";

    private static readonly string Job2 =
        """{"type":"dia.job","version":2,"state":{"record":{""" + Facts
        + ""","drawnSeed":802869131,"token":4,"starts":2,"counted":4,"voice":"bella"}}}""";

    private static readonly string Job3 =
        """{"type":"dia.job","version":3,"state":{"record":{""" + Facts
        + ""","drawnSeed":802869131,"token":4,"starts":2,"counted":4,"voice":"bella","queue":"default/2","sequence":639000000000000000,"""
        + """ "keyed":true,"faultsSince":"2026-11-25T01:09:02.1112512+00:00","faults":3}}}""".TrimStart();

    private const string Trace3 = """{"type":"dia.job","version":3,"state":{"record":null,"trace":2}}""";

    private const string QueueHead1 =
        """{"type":"dia.job-queue-head","version":1,"state":{"epoch":3,"lastSegment":9,"segments":[7,9],"shards":2}}""";

    private static readonly string Segment1 =
        """
        {"type":"dia.job-queue-segment","version":1,"state":{"entries":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","sequence":1,
        "owner":"S127.0.0.1:11111:100","token":7,"begun":true},{"id":"cb5f37cb-d877-45ec-9081-0209adac9dbd","sequence":2}]}}
        """.ReplaceLineEndings("");

    private const string SpokenSegment1 =
        """{"type":"dia.job-segment","version":1,"state":{"call":"0a","attempt":2,"channels":2,"cells":"AQACAAMA/wM="}}""";

    private static readonly string Ended1 =
        """
        {"type":"dia.ended-jobs","version":1,"state":{"epoch":3,"start":70,"tailStart":128,"tail":[{
        "id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","sequence":12,"status":2,"endedAt":"2026-11-25T01:09:02.1112512+00:00"},{
        "id":"cb5f37cb-d877-45ec-9081-0209adac9dbd","sequence":13,"status":null,"endedAt":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly string EndedPage1 =
        """
        {"type":"dia.ended-jobs-page","version":1,"state":{"entries":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","sequence":12,
        "status":4,"endedAt":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly string Keys1 =
        """
        {"type":"dia.job-keys","version":1,"state":{"epoch":1,"start":0,"tailStart":0,"tail":[{"keyHash":"aa","requestHash":null,
        "job":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","at":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly string KeysPage1 =
        """
        {"type":"dia.job-keys-page","version":1,"state":{"entries":[{"keyHash":"aa","requestHash":"bb",
        "job":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","at":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly string Queue1 =
        """
        {"type":"dia.job-queue","version":1,"state":{"lastToken":7,"entries":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","sequence":1,
        "owner":"S127.0.0.1:11111:100","token":7},{"id":"cb5f37cb-d877-45ec-9081-0209adac9dbd","sequence":2,"owner":null,"token":0}]}}
        """.ReplaceLineEndings("");

    private static readonly string Catalog1 =
        """
        {"type":"dia.job-catalog","version":1,"state":{"lastSequence":12,"jobs":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc",
        "sequence":12}],"keys":[{"key":"aa","request":"bb","job":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc",
        "at":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly string Catalog2 =
        """
        {"type":"dia.job-catalog","version":2,"state":{"lastSequence":12,"jobs":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc",
        "sequence":12}],"keys":[{"key":"aa","request":"bb","job":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc",
        "at":"2026-11-25T01:09:02.1112512+00:00"}],"pages":[1,3]}}
        """.ReplaceLineEndings("");

    private static readonly string Page1 =
        """
        {"type":"dia.job-catalog-page","version":1,"state":{"jobs":[{"id":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","sequence":12}],"keys":[{
        "key":"aa","request":"bb","job":"16b5d4ca-1620-43c2-aba6-a5da78bad6cc","at":"2026-11-25T01:09:02.1112512+00:00"}]}}
        """.ReplaceLineEndings("");

    private static readonly Guid First = new("16b5d4ca-1620-43c2-aba6-a5da78bad6cc");
    private static readonly Guid Second = new("cb5f37cb-d877-45ec-9081-0209adac9dbd");
    private static readonly DateTimeOffset Accepted = DateTimeOffset.Parse("2026-11-25T01:09:02.1112512Z", null);

    private static readonly JobRecord Record = new()
    {
        Job = new Job
        {
            Id = new Guid("ec7c256b-3798-4c7c-8f14-f781530ac723"),
            Request = new SpeechRequest
            {
                Text = "Hi.",
                VoiceId = "anna",
                Format = "mp3",
                Speed = 1.5,
                Role = "user",
                Temperature = 0.5,
                CfgScale = 2.5,
                TopP = 0.75,
                MaxTokens = 500,
                UseTorchCompile = true,
                Seed = -1,
                SampleRate = 24000,
            },
            Status = SpeechStatus.Completed,
            CreatedAt = Accepted,
            StartedAt = new DateTimeOffset(2026, 11, 25, 1, 9, 3, TimeSpan.Zero),
            CompletedAt = new DateTimeOffset(2026, 11, 25, 1, 9, 4, 500, TimeSpan.Zero),
            ProcessedText = "[S1] Hi. [S1]",
            AudioPromptUsed = true,
            Result = new JobResult("job_results/ec7c256b-3798-4c7c-8f14-f781530ac723-4.mp3", 1234),
            WorkerId = "worker_1",
        },
        DrawnSeed = 802869131,
        Token = 4,
        Starts = 2,
    };

    private readonly StateSerializer _serializer = new();

    [Fact]
    public void A_job_of_version_1_is_read_and_uses_the_voice_of_its_request()
    {
        var read = Read<JobState>(Job1).Record!;
        read.ShouldBe(Record);
        read.ToRunRequest().VoiceId.ShouldBe("anna");
    }

    [Fact]
    public void A_finished_segment_of_version_1_is_read_and_written()
    {
        var state = Read<JobSegmentState>(SpokenSegment1);
        var read = state.ToCodes()!;
        (read.Call, read.Attempt, read.IsWhole, read.Codes.Channels).ShouldBe(("0a", 2, true, 2));
        read.Codes.Cells.ShouldBe([1, 2, 3, 1023]);
        _serializer.Serialize(state).ToString().ShouldBe(SpokenSegment1.Replace("\"version\":1", "\"version\":2"));
    }

    [Fact]
    public void A_part_of_a_segment_of_version_2_is_read_and_written_as_it_was()
    {
        const string part = """
            {"type":"dia.job-segment","version":2,"state":{"call":"0a","attempt":2,"channels":2,"cells":"AQACAAMA/wM=","isPart":true}}
            """;
        var state = Read<JobSegmentState>(part);
        state.ToCodes()!.IsWhole.ShouldBeFalse();
        _serializer.Serialize(state).ToString().ShouldBe(part);
    }

    [Fact]
    public void A_job_of_version_2_is_read()
    {
        Read<JobState>(Job2).Record.ShouldBe(Record with { Counted = 4, Voice = "bella" });
        Read<JobState>(Job2).Trace.ShouldBe(JobTrace.None);
    }

    [Fact]
    public void A_job_of_version_3_is_read_and_written_as_it_was()
    {
        Read<JobState>(Job3).Record.ShouldBe(Record with
        {
            Counted = 4,
            Voice = "bella",
            Queue = "default/2",
            Sequence = 639000000000000000,
            Keyed = true,
            FaultsSince = Accepted,
            Faults = 3,
        });
        Written(Read<JobState>(Job3)).ShouldBe(Job3);
        Read<JobState>(Trace3).Trace.ShouldBe(JobTrace.Abandoned);
        Written(Read<JobState>(Trace3)).ShouldBe(Trace3);
    }

    [Fact]
    public void Rows_of_the_queue_of_version_1_are_read_and_written_as_they_were()
    {
        var head = Read<JobQueueHead>(QueueHead1);
        (head.Epoch, head.LastSegment, head.Shards).ShouldBe((3, 9, 2));
        head.Segments.ShouldBe([7, 9]);
        Written(head).ShouldBe(QueueHead1);
        var segment = Read<JobQueueSegment>(Segment1);
        segment.Entries.ShouldBe([new QueueEntry(First, 1, "S127.0.0.1:11111:100", 7, true), new QueueEntry(Second, 2)]);
        Written(segment).ShouldBe(Segment1);
    }

    [Fact]
    public void Rows_of_the_catalogue_of_version_1_are_read_and_written_as_they_were()
    {
        var head = Read<EndedJobsHead>(Ended1);
        (head.Epoch, head.Start, head.TailStart).ShouldBe((3, 70, 128));
        head.Tail.ShouldBe([new EndedJob(First, 12, SpeechStatus.Completed, Accepted), new EndedJob(Second, 13, null, Accepted)]);
        Written(head).ShouldBe(Ended1);
        var page = Read<EndedJobsPage>(EndedPage1);
        page.Entries.ShouldBe([new EndedJob(First, 12, SpeechStatus.Cancelled, Accepted)]);
        Written(page).ShouldBe(EndedPage1);
    }

    [Fact]
    public void Rows_of_idempotency_keys_of_version_1_are_read_and_written_as_they_were()
    {
        var head = Read<JobKeysHead>(Keys1);
        head.Tail.ShouldBe([new KeyedJob("aa", null, First, Accepted)]);
        Written(head).ShouldBe(Keys1);
        var page = Read<JobKeysPage>(KeysPage1);
        page.Entries.ShouldBe([new KeyedJob("aa", "bb", First, Accepted)]);
        Written(page).ShouldBe(KeysPage1);
    }

    [Fact]
    public void A_queue_of_version_1_is_read_and_written_as_it_was()
    {
        var read = Read<StoredQueue>(Queue1);
        read.LastToken.ShouldBe(7);
        read.Entries.ShouldBe([new StoredQueueEntry(First, 1, "S127.0.0.1:11111:100", 7), new StoredQueueEntry(Second, 2)]);
        Written(read).ShouldBe(Queue1);
    }

    [Fact]
    public void A_catalogue_of_version_1_is_read_as_one_page()
    {
        var read = Read<StoredCatalog>(Catalog1);
        read.LastSequence.ShouldBe(12);
        read.Jobs.ShouldBe([new CatalogEntry(First, 12)]);
        read.Keys.ShouldBe([new KeyEntry("aa", "bb", First, Accepted)]);
        read.Pages.ShouldBeEmpty();
    }

    [Fact]
    public void A_catalogue_of_version_2_and_its_pages_are_read_and_written_as_they_were()
    {
        var read = Read<StoredCatalog>(Catalog2);
        read.Jobs.ShouldBe([new CatalogEntry(First, 12)]);
        read.Pages.ShouldBe([1, 3]);
        Written(read).ShouldBe(Catalog2);
        var page = Read<StoredCatalogPage>(Page1);
        page.Jobs.ShouldBe(read.Jobs);
        page.Keys.ShouldBe(read.Keys);
        Written(page).ShouldBe(Page1);
    }

    private T Read<T>(string text) => _serializer.Deserialize<T>(BinaryData.FromString(text));

    private string Written<T>(T state) => _serializer.Serialize(state).ToString();
}
