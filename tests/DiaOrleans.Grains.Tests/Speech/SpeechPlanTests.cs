using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Speech;

public sealed class SpeechPlanTests
{
    private static readonly ModelFacts Model = FakeEngine.Description.ToFacts();

    [Fact]
    public void What_the_client_leaves_out_comes_from_the_model() =>
        Plan(Request() with { TopP = 0 }).ShouldSatisfyAllConditions(work => work.Guidance.ShouldBe(3), work => work.Temperature.ShouldBe(1.2), work => work.TopP.ShouldBe(0.95));

    [Fact]
    public void What_the_client_says_counts()
    {
        var work = Plan(Request() with { CfgScale = 1, Temperature = 0.5, TopP = 0.3, Seed = 0 });
        (work.Guidance, work.Temperature, work.TopP, work.Seed).ShouldBe((1, 0.5, 0.3, 0));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1L)]
    public void A_seed_that_is_left_open_is_drawn_anew_each_time(long? seed) => Plan(Request() with { Seed = seed }).Seed.ShouldNotBe(Plan(Request() with { Seed = seed }).Seed);

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Any_other_seed_is_taken_as_it_is(long seed) => Plan(Request() with { Seed = seed }).Seed.ShouldBe(seed);

    [Fact]
    public void Frames_are_bounded_by_the_text_the_request_and_the_model()
    {
        Plan(Request()).MaxFrames.ShouldBe((int)Math.Ceiling(50 * (2 + 0.15 * 6)));
        Plan(Request() with { MaxTokens = 100 }).MaxFrames.ShouldBe(100);
        Plan(Request() with { MaxTokens = 10000 }).MaxFrames.ShouldBe((int)Math.Ceiling(50 * (2 + 0.15 * 6)));
        SpeechPlan.For(Guid.NewGuid(), Request(), "[S1] Hello. [S1]", Model with { MaxNewFrames = 20 }).Work!.MaxFrames.ShouldBe(20);
    }

    [Fact]
    public void Text_over_one_call_is_refused_with_both_numbers()
    {
        var long61 = new string('a', 61);
        SpeechPlan.For(Guid.NewGuid(), Request(), $"[S1] {new string('a', 60)} [S1]", Model).Work.ShouldNotBeNull();
        SpeechPlan.For(Guid.NewGuid(), Request(), $"[S1] {long61} [S1]", Model).Rejection.ShouldBe("The text has 61 bytes and this model speaks 60 at a time: shorten the text or split it.");
        SpeechPlan.For(Guid.NewGuid(), Request(), $"[S1] {long61} [S1]", Model with { MaxTextBytes = 1000, MaxTextIds = 64 }).Rejection
            .ShouldBe("The text has 65 ids, each tag counting one, and this model takes 64: shorten the text or split it.");
    }

    [Fact]
    public void What_is_not_served_yet_is_named()
    {
        SpeechPlan.Unservable(Request()).ShouldBeNull();
        SpeechPlan.Unservable(Request() with { Format = "mp3" })!.ShouldContain("'mp3' is not served yet");
        SpeechPlan.Unservable(Request() with { Speed = 1.5 })!.ShouldContain("speed");
    }

    private static SpeechRequest Request() => new() { Text = "Hello.", VoiceId = "v" };

    private static SpeechWork Plan(SpeechRequest request) => SpeechPlan.For(Guid.NewGuid(), request, "[S1] Hello. [S1]", Model).Work!;
}
