using System.ComponentModel.DataAnnotations;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptOptionsTests
{
    [Theory]
    [InlineData(0.5, true)]
    [InlineData(15, true)]
    [InlineData(60, true)]
    [InlineData(0.49, false)]
    [InlineData(60.1, false)]
    [InlineData(double.NaN, false)]
    public void The_limit_of_a_prompt_is_0_5_to_60_seconds(double seconds, bool valid)
    {
        var options = new PromptOptions { MaxPromptSeconds = seconds };
        Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true).ShouldBe(valid);
    }
}
