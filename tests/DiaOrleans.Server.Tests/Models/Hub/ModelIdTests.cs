using DiaOrleans.Server.Models.Hub;

namespace DiaOrleans.Server.Tests.Models.Hub;

public sealed class ModelIdTests
{
    [Theory]
    [InlineData("nari-labs/Dia-1.6B-0626")]
    [InlineData("descript/dac_44khz")]
    [InlineData("a/b")]
    public void A_name_of_the_hub_is_read(string text)
    {
        ModelId.TryParse(text, out var id).ShouldBeTrue();
        id!.ToString().ShouldBe(text);
        ModelId.FromFileName(id.FileName).ShouldBe(id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-b")]
    [InlineData("..--b")]
    [InlineData("--b")]
    public void A_folder_of_another_name_is_no_model(string name) => ModelId.FromFileName(name).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("dia")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b.")]
    [InlineData(".hidden/b")]
    [InlineData("/a/b")]
    [InlineData("a/b\n")]
    [InlineData("a\\b")]
    [InlineData(@"C:\models/dia")]
    [InlineData("modèle/b")]
    public void What_is_no_name_and_could_be_another_path_is_refused(string? text) => ModelId.TryParse(text, out _).ShouldBeFalse();
}
