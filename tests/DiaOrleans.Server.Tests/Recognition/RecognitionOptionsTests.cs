using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Tests.Recognition;

public sealed class RecognitionOptionsTests
{
    [Theory]
    [InlineData("https://models.example/whisper", "https://models.example/whisper/")]
    [InlineData("http://models.example/", "http://models.example/")]
    public void The_source_of_models_is_a_folder(string url, string source) =>
        new RecognitionOptions { WhisperModelUrl = url }.Source.ToString().ShouldBe(source);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_an_address_the_source_is_the_published_one(string? url) =>
        new RecognitionOptions { WhisperModelUrl = url }.Source.ShouldBe(PublishedModels.Home);

    [Theory]
    [InlineData("auto", true, true)]
    [InlineData("auto", false, false)]
    [InlineData("on", false, true)]
    [InlineData("OFF", true, false)]
    public void Speech_is_recognised_where_engines_run_unless_the_setting_says_otherwise(string setting, bool hasEngines, bool isOn) =>
        new RecognitionOptions { Recognition = setting }.IsOn(hasEngines).ShouldBe(isOn);

    [Fact]
    public void Models_are_in_the_data_folder_unless_another_is_set()
    {
        new RecognitionOptions().FolderIn("data").ShouldBe(Path.Combine("data", "whisper_models"));
        new RecognitionOptions { WhisperModels = "models" }.FolderIn("data").ShouldBe("models");
    }
}
