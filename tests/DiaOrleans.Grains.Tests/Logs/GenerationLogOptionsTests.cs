using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Logs;

public sealed class GenerationLogOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => OptionsValidation.FindInvalid(new GenerationLogOptions()).ShouldBeEmpty();

    [Theory]
    [InlineData(0, 1, nameof(GenerationLogOptions.MaxEntries))]
    [InlineData(1, 0, nameof(GenerationLogOptions.PageSize))]
    [InlineData(1, 1001, nameof(GenerationLogOptions.PageSize))]
    public void A_value_out_of_range_is_invalid(int maxEntries, int pageSize, string invalid) =>
        OptionsValidation.FindInvalid(new GenerationLogOptions { MaxEntries = maxEntries, PageSize = pageSize }).ShouldBe([invalid]);
}
