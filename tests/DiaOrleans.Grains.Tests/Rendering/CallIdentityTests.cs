using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class CallIdentityTests
{
    private static readonly ModelFacts Model = FakeEngine.Description.ToFacts();
    private static readonly SpeechWork Work = new()
    {
        Id = Guid.NewGuid(), TextIds = [1, 2], MaxFrames = 9, Seed = 3, Guidance = 3, Temperature = 1, TopP = 0.9,
    };

    [Fact]
    public void Whatever_changes_the_codes_changes_the_identity()
    {
        string[] identities =
        [
            Of(Work),
            Of(Work with { TextIds = [1, 3] }),
            Of(Work with { TextIds = [1, 2, 3] }),
            Of(Work with { MaxFrames = 8 }),
            Of(Work with { Seed = 4 }),
            Of(Work with { Guidance = 3.1 }),
            Of(Work with { Temperature = 1.1 }),
            Of(Work with { TopP = 0.8 }),
            Of(Work with { Prompt = new AudioCodes([1, 2], 2) }),
            Of(Work with { Prompt = new AudioCodes([1, 3], 2) }),
            CallIdentity.Compute(Work, Model with { Name = "other" }, "cpu"),
            CallIdentity.Compute(Work, Model with { Precision = "int8" }, "cpu"),
            CallIdentity.Compute(Work, Model with { CodecFingerprint = "other" }, "cpu"),
            CallIdentity.Compute(Work, Model, "cuda"),
        ];
        identities.ShouldBeUnique();
    }

    [Fact]
    public void What_does_not_change_the_codes_does_not_change_the_identity() =>
        Of(Work with { Id = Guid.NewGuid(), Priority = WorkPriority.Background, TextIds = [1, 2], Made = new AudioCodes([1, 2], 2) })
            .ShouldBe(Of(Work));

    private static string Of(SpeechWork work) => CallIdentity.Compute(work, Model, "cpu");
}
