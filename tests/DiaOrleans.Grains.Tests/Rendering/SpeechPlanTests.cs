using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class SpeechPlanTests
{
    private static readonly ModelFacts Model = FakeEngine.Description.ToFacts();

    [Fact]
    public void What_the_client_leaves_out_comes_from_the_model() =>
        Work(Request() with { TopP = 0 }).ShouldSatisfyAllConditions(work => work.Guidance.ShouldBe(3), work => work.Temperature.ShouldBe(1.2), work => work.TopP.ShouldBe(0.95));

    [Fact]
    public void The_servers_own_defaults_come_before_the_models()
    {
        var work = Plan(Request() with { TopP = 0.5 }, options: new RenderingOptions { CfgScale = 4, Temperature = 1.8, TopP = 0.9 }).Work(Guid.NewGuid(), 0, 0, null, 0, WorkPriority.Live);
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
        plan.Work(Guid.NewGuid(), 1, 0, null, 70, WorkPriority.Waiting).MaxFrames.ShouldBe(30);
    }

    [Fact]
    public void A_long_script_is_cut_into_what_the_model_speaks_well()
    {
        var plan = Plan(Request(), script: "[S1] " + string.Join(' ', Enumerable.Repeat("It rains again.", 20)) + " [S1]");
        plan.Segments.Count.ShouldBe(10);
        plan.Segments.ShouldAllBe(segment => TextIds.OwnTextBytes(segment) <= Model.MaxTextBytes);
    }

    [Fact]
    public void Tags_without_words_beyond_the_models_ids_are_dropped()
    {
        var plan = Plan(Request(), script: string.Concat(Enumerable.Repeat("[S1] ", 200)) + "Hello. [S1]");
        plan.Segments.ShouldBe(["[S1] Hello. [S1]"]);
    }

    [Fact]
    public void A_recording_and_its_words_come_before_the_script()
    {
        var prompt = Prompt(50, "Nice day.");
        var work = Plan(Request(), prompt: prompt).Work(Guid.NewGuid(), 0, 0, prompt, 0, WorkPriority.Waiting);
        work.Text.ShouldBe("[S1] Nice day. Hello. [S1]");
        work.Prompt.ShouldBe(prompt.Codes);
    }

    [Fact]
    public void A_recording_that_leaves_no_room_keeps_its_head()
    {
        // 400 rows; "Hello." may take 127 frames of them.
        var prompt = Prompt(390, "one two three four");
        var work = Plan(Request(), prompt: prompt).Work(Guid.NewGuid(), 0, 0, prompt, 0, WorkPriority.Waiting);
        work.Prompt!.Frames.ShouldBeInRange(150, 273);
        work.Text.ShouldBe("[S1] one two Hello. [S1]");
        work.MaxFrames.ShouldBeLessThanOrEqualTo(400 - work.Prompt.Frames);
    }

    [Fact]
    public void A_long_recording_makes_segments_shorter_but_never_tiny()
    {
        var script = "[S1] " + string.Join(' ', Enumerable.Repeat("It rains again.", 40)) + " [S1]";
        var model = Model with { MaxTextBytes = 170, MaxNewFrames = 600 };
        Plan(Request(), model, script, Prompt(300, null)).Segments.Max(TextIds.OwnTextBytes).ShouldBeLessThanOrEqualTo((int)((6 - 2) / 0.09) + 16);
        Plan(Request(), model, script, Prompt(590, null)).Segments.Max(TextIds.OwnTextBytes).ShouldBeInRange(40, 60);
    }

    [Fact]
    public void Later_segments_continue_the_head_of_the_first_one()
    {
        // A quarter of the 60 bytes that the model speaks well.
        var plan = Plan(Request(), script: "[S1] The lamp is on and the door is wide open. [S2] Then close it before it rains again. [S1]");
        var head = plan.Continuation(new AudioCodes(new short[9 * 80], 9))!;
        head.Transcript.ShouldBe("[S1] The lamp is");
        head.Codes.Frames.ShouldBeInRange(20, 30);
    }

    [Fact]
    public void The_words_of_a_recording_make_segments_shorter_but_not_by_more_than_half()
    {
        var script = "[S1] " + string.Join(' ', Enumerable.Repeat("It rains.", 20)) + " [S1]";
        Plan(Request(), script: script, prompt: Prompt(20, "[S1] " + new string('a', 20))).Segments.Max(TextIds.OwnTextBytes).ShouldBe(39);
        Plan(Request(), script: script, prompt: Prompt(20, "[S1] " + new string('a', 55))).Segments.Max(TextIds.OwnTextBytes).ShouldBe(29);
        Plan(Request(), script: script, prompt: Prompt(20, null)).Segments.Max(TextIds.OwnTextBytes).ShouldBe(49);
    }

    private static SpeechRequest Request() => new() { Text = "Hello.", VoiceId = "v" };

    private static ResolvedPrompt Prompt(int frames, string? transcript) => new(new AudioCodes(new short[9 * frames], 9), transcript);

    private static SpeechPlan Plan(SpeechRequest request, ModelFacts? model = null, string script = "[S1] Hello. [S1]", ResolvedPrompt? prompt = null, RenderingOptions? options = null) =>
        new(request, script, "S1", 1, model ?? Model, prompt, options ?? new RenderingOptions());

    private static SpeechWork Work(SpeechRequest request, ModelFacts? model = null) => Plan(request, model).Work(Guid.NewGuid(), 0, 0, null, 0, WorkPriority.Waiting);
}
