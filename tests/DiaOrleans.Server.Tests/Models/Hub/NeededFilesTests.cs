using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Models.Hub;

namespace DiaOrleans.Server.Tests.Models.Hub;

public sealed class NeededFilesTests
{
    [Theory]
    [InlineData(
        "config.json README.md generation_config.json model.safetensors dia-v0_1.pth .gitattributes",
        "config.json generation_config.json model.safetensors")]
    [InlineData(
        "config.json model-00002-of-00002.safetensors model-00001-of-00002.safetensors model.safetensors.index.json dia-v0_1.pth",
        "config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors")]
    [InlineData("config.json dia-v0_1.pth", "config.json dia-v0_1.pth")]
    [InlineData("config.json a.safetensors b.safetensors weights.pth", "config.json weights.pth")]
    [InlineData("config.json other/model.safetensors", "config.json")]
    public void Of_several_forms_of_the_same_weights_one_is_taken(string files, string needed) =>
        NeededFiles.Select(Files(files)).Select(file => file.Path).ShouldBe(needed.Split(' '));

    [Theory]
    [InlineData("codec")]
    [InlineData("./codec")]
    [InlineData("codec/")]
    public void A_folder_inside_a_model_is_selected_for_itself(string folder) =>
        NeededFiles.Select(Files("config.json model.safetensors codec/config.json codec/model.safetensors codec/image.png"), folder)
            .Select(file => file.Path).ShouldBe(["codec/config.json", "codec/model.safetensors"]);

    private static RemoteFile[] Files(string paths) => [.. paths.Split(' ').Select(path => new RemoteFile(path, 1, null))];
}
