using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class EngineOptionsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0626", DiaProfile.Dia0626)]
    [InlineData("Classic", DiaProfile.Classic)]
    public void A_profile_is_read_in_any_case(string? text, DiaProfile? profile) =>
        new EngineOptions { Profile = text }.ProfileOverride.ShouldBe(profile);
}
