using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class SpeechPlanTests
{
    private static readonly ModelFacts Model = FakeEngine.Description.ToFacts();

    [Fact]
    public void What_the_client_leaves_out_comes_from_the_model() =>
        Work(Request() with { TopP = 0 }).ShouldSatisfyAllConditions(
            work => work.Guidance.ShouldBe(3), work => work.Temperature.ShouldBe(1.2), work => work.TopP.ShouldBe(0.95));

    [Fact]
    public void The_servers_own_defaults_come_before_the_models()
    {
        var options = new RenderingOptions { CfgScale = 4, Temperature = 1.8, TopP = 0.9 };
        var work = Plan(Request() with { TopP = 0.5 }, options: options).CreateWork(0, 0, null, 0);
        (work.Guidance, work.Temperature, work.TopP, work.Priority).ShouldBe((4, 1.8, 0.5, WorkPriority.Live));
    }

    [Fact]
    public void What_the_client_says_counts()
    {
        var work = Work(Request() with { CfgScale = 1, Temperature = 0.5, TopP = 0.3 });
        (work.Guidance, work.Temperature, work.TopP).ShouldBe((1, 0.5, 0.3));
    }

    [Fact]
    public void Frames_are_bounded_by_the_text_the_request_and_the_model()
    {
        Work(Request()).MaxFrames.ShouldBe((int)Math.Ceiling(50 * (2 + 0.15 * 6)));
        Work(Request() with { MaxTokens = 100 }).MaxFrames.ShouldBe(100);
        Work(Request() with { MaxTokens = 10000 }).MaxFrames.ShouldBe((int)Math.Ceiling(50 * (2 + 0.15 * 6)));
        Work(Request(), Model with { MaxNewFrames = 20 }).MaxFrames.ShouldBe(20);
    }

    [Fact]
    public void What_earlier_segments_made_counts_against_the_requests_frames()
    {
        var plan = Plan(Request() with { MaxTokens = 100 }, script: $"[S1] {new string('a', 40)}. {new string('b', 40)}. [S1]");
        plan.Segments.Count.ShouldBe(2);
        plan.CreateWork(1, 0, null, 70).MaxFrames.ShouldBe(30);
    }

    [Fact]
    public void A_long_script_is_cut_into_what_the_model_speaks_well()
    {
        var plan = Plan(Request(), script: "[S1] " + string.Join(' ', Enumerable.Repeat("It rains again.", 20)) + " [S1]");
        plan.Segments.Count.ShouldBe(10);
        plan.Segments.ShouldAllBe(segment => segment.OwnBytes <= Model.MaxTextBytes);
    }

    [Fact]
    public void Tags_without_words_beyond_the_models_ids_are_dropped()
    {
        var plan = Plan(Request(), script: string.Concat(Enumerable.Repeat("[S1] ", 200)) + "Hello. [S1]");
        plan.Segments.Select(segment => segment.Text).ShouldBe(["[S1] Hello. [S1]"]);
    }

    [Fact]
    public void A_recording_and_its_words_come_before_the_script()
    {
        var prompt = Prompt(50, "Nice day.");
        var plan = Plan(Request(), prompt: prompt);
        var work = plan.CreateWork(0, 0, plan.Prompt, 0);
        EngineScript.Decode(work.TextIds).ShouldBe("[S1] Nice day. Hello. [S1]");
        work.Prompt.ShouldBe(prompt.Codes);
    }

    [Fact]
    public void A_recording_that_leaves_no_room_keeps_its_head()
    {
        // 400 rows; "Hello." may take 127 frames of them.
        var prompt = Prompt(390, "one two three four");
        var plan = Plan(Request(), prompt: prompt);
        var work = plan.CreateWork(0, 0, plan.Prompt, 0);
        work.Prompt!.Frames.ShouldBeInRange(150, 273);
        EngineScript.Decode(work.TextIds).ShouldBe("[S1] one two Hello. [S1]");
        work.MaxFrames.ShouldBeLessThanOrEqualTo(400 - work.Prompt.Frames);
    }

    [Fact]
    public void A_long_recording_makes_segments_shorter_but_never_tiny()
    {
        var script = "[S1] " + string.Join(' ', Enumerable.Repeat("It rains again.", 40)) + " [S1]";
        var model = Model with { MaxTextBytes = 170, MaxNewFrames = 600 };
        Plan(Request(), model, script, Prompt(300, null)).Segments.Max(segment => segment.OwnBytes)
            .ShouldBeLessThanOrEqualTo((int)((6 - 2) / 0.09) + 16);
        Plan(Request(), model, script, Prompt(590, null)).Segments.Max(segment => segment.OwnBytes).ShouldBeInRange(40, 60);
    }

    [Fact]
    public void Later_segments_continue_the_head_of_the_first_one()
    {
        // A quarter of the 60 bytes that the model speaks well.
        var plan = Plan(Request(), script: "[S1] The lamp is on and the door is wide open. [S2] Then close it before it rains again. [S1]");
        var head = plan.CreateContinuation(new AudioCodes(new short[9 * 80], 9))!;
        EngineScript.Decode(head.Prepend(ScriptSegment.Encode("[S2] Yes. [S2]"))).ShouldBe("[S1] The lamp is [S2] Yes. [S2]");
        head.Codes.Frames.ShouldBeInRange(20, 30);
    }

    [Fact]
    public void The_words_of_a_recording_make_segments_shorter_but_not_by_more_than_half()
    {
        var script = "[S1] " + string.Join(' ', Enumerable.Repeat("It rains.", 20)) + " [S1]";
        Longest("[S1] " + new string('a', 20)).ShouldBe(39);
        Longest("[S1] " + new string('a', 55)).ShouldBe(29);
        Longest(null).ShouldBe(49);

        int Longest(string? words) => Plan(Request(), script: script, prompt: Prompt(20, words)).Segments.Max(segment => segment.OwnBytes);
    }

    private static SpeechRequest Request() => new() { Text = "Hello.", VoiceId = "v" };

    private static ResolvedPrompt Prompt(int frames, string? transcript) => new(new AudioCodes(new short[9 * frames], 9), transcript);

    private static SpeechPlan Plan(
        SpeechRequest request,
        ModelFacts? model = null,
        string script = "[S1] Hello. [S1]",
        ResolvedPrompt? prompt = null,
        RenderingOptions? options = null) => new()
    {
        Id = Guid.NewGuid(),
        Request = request,
        Format = AudioFormat.Wav,
        Script = new Script(script, []),
        PrimarySpeaker = "S1",
        Seed = 1,
        Priority = WorkPriority.Live,
        Configuration = new ServerConfiguration(),
        StartedAt = 0,
        Options = options ?? new RenderingOptions(),
        PromptOptions = new PromptOptions(),
        Model = model ?? Model,
        DeviceKind = "cpu",
        Prompt = prompt is null ? null : new CallPrompt(prompt, "S1"),
    };

    private static SpeechWork Work(SpeechRequest request, ModelFacts? model = null) => Plan(request, model).CreateWork(0, 0, null, 0);
}
